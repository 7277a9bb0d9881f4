import Foundation

/// Python, for files that it is easier to make with.
public enum Python {
    /// Why a program failed: its exit status.
    public struct Failure: Error { let status: Int32 }

    /// What a program leaves in `out`.
    ///
    /// It has functions `zipped` and `tarred`, which make archives of pairs of a name and octets.
    public static func octets(_ program: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let prelude = """
            import bz2, gzip, io, lzma, sys, tarfile, zipfile
            out = io.BytesIO()
            def zipped(files):
                data = io.BytesIO()
                with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
                    for name, content in files: archive.writestr(name, content)
                return data.getvalue()
            def tarred(files):
                data = io.BytesIO()
                with tarfile.open(fileobj=data, mode='w') as archive:
                    for name, content in files:
                        info = tarfile.TarInfo(name); info.size = len(content)
                        archive.addfile(info, io.BytesIO(content))
                return data.getvalue()

            """
        process.arguments = ["python3", "-c", prelude + program + "\nsys.stdout.buffer.write(out.getvalue())"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let octets = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return octets
    }
}

#if ClamAV
import CLibClamAV
import Foundation

/// What a folder of databases looked like at one time.
final class DatabaseFiles: Sendable {
    private struct File: Hashable, Sendable {
        let size: Int
        let changed: Double
        let number: UInt64
    }

    private let path: String
    private let files: [String: File]

    init(_ path: String) throws(ClamAVError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ClamAVError(description: "\(path): there is no such file or folder")
        }
        self.path = path
        files = Self.files(path)
    }

    /// Whether it looks different now.
    var haveChanged: Bool { Self.files(path) != files }

    /// When the newest file was changed, in seconds since 1970.
    static func newest(_ path: String) -> Int64? { files(path).values.map { Int64($0.changed) }.max() }

    private static func files(_ path: String) -> [String: File] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [:] }
        let names = isFolder.boolValue ? (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] : [""]
        var files: [String: File] = [:]
        for name in names where !name.hasPrefix(".") {
            let file = name.isEmpty ? path : "\(path)/\(name)"
            guard let facts = try? FileManager.default.attributesOfItem(atPath: file),
                facts[.type] as? FileAttributeType != .typeDirectory
            else { continue }
            files[name] = File(
                size: (facts[.size] as? NSNumber)?.intValue ?? 0,
                changed: (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0,
                number: (facts[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0)
        }
        return files
    }
}
#endif

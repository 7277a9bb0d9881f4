import ArgumentParser
import Foundation
import NameResolution
import SMTPAntivirus
import SMTPFileInspection
import SMTPFileInspectionArchive
import SMTPFileInspectionMagic
import SMTPProfileFiles
import SMTPReplay
import SMTPSecurity
import SMTPStores

/// What the program has for the checks of profiles.
struct CheckResources {
    let hostname: String
    var resolver: NameResolver?
    var scanner: (any VirusScanner)?

    init(hostname: String) { self.hostname = hostname }

    /// The profiles of a file, with a memory of their own.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - only: the name of the profile for everybody; `nil` for the file's rules.
    ///   - blocks: whether profiles in transparent mode block all the same.
    /// - Throws: what is wrong with the file, after saying so.
    func policy(_ path: String, as only: String?, blocks: Bool) throws -> ReplayPolicy {
        var resources = ProfileResources(store: MemoryStore())
        resources.session.hostname = hostname
        resources.resolver = resolver
        resources.scanner = scanner
        resources.detector = DetectorChain(SignatureDetector(), try MagicDetector())
        resources.archives = LibraryArchiveLister(detector: SignatureDetector())
        let profiles: ProfileSet
        do throws(ProfileFileError) {
            profiles = try ProfileSet(contentsOf: path, resources)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(1)
        }
        if let only, profiles.profiles[only] == nil {
            let known = profiles.profiles.keys.sorted().joined(separator: ", ")
            throw ValidationError("--as \(only): there is no such profile in \(path). There are: \(known)")
        }
        for remark in profiles.remarks { FileHandle.standardError.write(Data("\(remark)\n".utf8)) }
        let supportIDs = SupportIDGenerator()
        let pipelines = profiles.profiles.mapValues { profile in
            var profile = profile
            if blocks { profile.mode = .blocking }
            return AnyCheckPipeline(profile: profile, supportIDs: supportIDs)
        }
        let usual = AnyCheckPipeline(profile: .default, supportIDs: supportIDs)
        return ReplayPolicy(name: path) { connection in
            // Every name was looked up when the file was read.
            pipelines[only ?? profiles.profileName(for: connection)] ?? usual
        }
    }
}

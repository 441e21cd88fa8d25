#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a check may use before it is ended.
public struct CheckLimits: Codable, Sendable {
  /// Processor time, which does not run out because other programs are busy.
  ///
  /// Three times as much real time ends a check that waits for something.
  public var seconds: Int
  /// Address space.
  public var gigabytes: Int

  /// These limits.
  public init(seconds: Int = 20, gigabytes: Int = 4) {
    self.seconds = seconds
    self.gigabytes = gigabytes
  }

  /// Puts this process under the limits, for good.
  func apply() {
    limit(RLIMIT_CPU, to: seconds)
    limit(RLIMIT_AS, to: gigabytes << 30)
    limit(RLIMIT_FSIZE, to: 64 << 20)
    limit(RLIMIT_CORE, to: 0)
    // What is printed beyond the limit is lost, and nothing else happens.
    signal(SIGXFSZ, SIG_IGN)
    alarm(UInt32(3 * seconds))
  }

  #if canImport(Glibc)
    private typealias Resource = __rlimit_resource
  #else
    private typealias Resource = Int32
  #endif

  private func limit(_ resource: Resource, to value: Int) {
    // A soft limit below the hard one: the kernel then sends SIGXCPU before SIGKILL.
    var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value + 5))
    #if canImport(Glibc)
      setrlimit(Int32(resource.rawValue), &limit)
    #else
      setrlimit(resource, &limit)
    #endif
  }
}

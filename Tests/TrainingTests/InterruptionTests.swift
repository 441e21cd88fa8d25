import Foundation
import Testing
import Training

/// Ctrl-C, delivered before this returns.
private func interrupt() {
  // Threads of the concurrency runtime block signals; the main thread of a program does not.
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGINT)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  raise(SIGINT)
}

@Suite struct InterruptionTests {
  @Test func theFirstInterruptionOnlySetsAFlag() async {
    await #expect(processExitsWith: .exitCode(130)) {
      Interruption.watch()
      guard !Interruption.isRequested else { exit(1) }
      interrupt()
      guard Interruption.isRequested else { exit(2) }
      exit(Interruption.exitCode)
    }
  }

  @Test func theSecondInterruptionKills() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption.watch()
      interrupt()
      interrupt()
      exit(1)
    }
  }

  @Test func watchingAgainStartsAfresh() async {
    await #expect(processExitsWith: .exitCode(130)) {
      for _ in 0..<2 {
        Interruption.watch()
        guard !Interruption.isRequested else { exit(1) }
        interrupt()
        guard Interruption.isRequested else { exit(2) }
      }
      exit(Interruption.exitCode)
    }
  }
}

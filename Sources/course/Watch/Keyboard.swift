import Figures
import Foundation

/// Single keys from the terminal, without Return and unseen, while a value is in use.
struct Keyboard {
  private let usual: termios

  /// Takes over the keyboard; nil where there is none, or where it belongs to another program.
  init?() {
    var modes = termios()
    guard Terminal.current().isInteractive, isatty(STDIN_FILENO) == 1,
      tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &modes) == 0
    else { return nil }
    usual = modes
    // Signals stay on: Ctrl-C and Ctrl-Z mean what they mean everywhere.
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(STDIN_FILENO, TCSANOW, &modes) == 0 else { return nil }
  }

  /// The key that was pressed, if one was; never waits.
  func key() -> Character? {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    guard poll(&descriptor, 1, 0) == 1, read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
    return Character(UnicodeScalar(byte))
  }

  /// Gives the keyboard back as it was.
  func release() {
    var modes = usual
    tcsetattr(STDIN_FILENO, TCSANOW, &modes)
  }
}

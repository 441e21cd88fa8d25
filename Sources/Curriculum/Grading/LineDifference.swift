/// The difference between two texts, line by line.
public enum LineDifference {
  /// All lines, each after `- ` (only in the old), `+ ` (only in the new) or two spaces.
  public static func lines(from old: [String], to new: [String]) -> [String] {
    let difference = new.difference(from: old)
    let removed = Set(difference.removals.map(\.offset))
    let inserted = Set(difference.insertions.map(\.offset))
    var lines: [String] = []
    var (before, after) = (0, 0)
    while before < old.count || after < new.count {
      if removed.contains(before) {
        lines.append("- " + old[before])
        before += 1
      } else if inserted.contains(after) {
        lines.append("+ " + new[after])
        after += 1
      } else {
        lines.append("  " + old[before])
        before += 1
        after += 1
      }
    }
    return lines
  }
}

extension CollectionDifference.Change {
  fileprivate var offset: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}

/// The permanent name of an exercise: `2.5` is the fifth exercise of chapter 2.
public struct ExerciseID: Hashable, Comparable, Sendable, LosslessStringConvertible {
  /// The chapter's number, from 0.
  public let chapter: Int
  /// The number inside the chapter, from 1.
  public let number: Int

  /// Reads an id such as `"2.5"`; nil for any other text.
  public init?(_ description: String) {
    let parts = description.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let chapter = Int(parts[0]), let number = Int(parts[1]), chapter >= 0,
      number >= 1,
      description == "\(chapter).\(number)"
    else { return nil }
    self.chapter = chapter
    self.number = number
  }

  /// The id as it is written everywhere: `2.5`.
  public var description: String { "\(chapter).\(number)" }

  /// In the order of the course: 2.9 comes before 2.10.
  public static func < (left: ExerciseID, right: ExerciseID) -> Bool {
    (left.chapter, left.number) < (right.chapter, right.number)
  }
}

extension ExerciseID: Codable {
  /// Reads an id from its text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = ExerciseID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no exercise id such as 2.5")
    }
    self = id
  }

  /// Writes the id as its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

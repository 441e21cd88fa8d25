import Environments

/// An agent that can show what it has learned.
public protocol PicturingAgent: Agent {
  /// What the agent has learned, as pictures for the report.
  var pictures: [AgentPicture] { get }
}

/// A picture of what an agent has learned, for its report.
public struct AgentPicture: Sendable {
  /// The file's name in the run's folder, without its ending.
  public var name: String
  /// A sentence that tells what to see.
  public var caption: String
  /// The picture.
  public var image: RGBImage

  /// A picture with these parts.
  public init(name: String, caption: String, image: RGBImage) {
    self.name = name
    self.caption = caption
    self.image = image
  }
}

import Foundation
import Support

/// Writes a run's numbers while it trains, to `metrics.jsonl` and as TensorBoard events.
///
/// Every record reaches both files at once, and a run that was killed leaves whole records. The times
/// stand in the events only, so that equal runs write equal `metrics.jsonl`.
public final class Recorder {
  private let metrics: LogFile
  private let events: LogFile
  private var lastStep = 0

  /// Starts the files of a new run.
  ///
  /// - Throws: `CourseError` when a file is there already or cannot be made.
  public init(creating run: RunDirectory) throws {
    metrics = try LogFile(creating: run.metrics)
    events = try LogFile(creating: run.events)
    try events.append(EventRecord.version(time: Date().timeIntervalSince1970))
  }

  /// Goes on with the files of a run that continues from a checkpoint: what was recorded after the
  /// checkpoint's step goes, because it will be recorded again.
  ///
  /// So a step's numbers must be recorded before its checkpoint is written.
  ///
  /// - Throws: `CourseError` when a file cannot be read or written, or another process writes it.
  public init(continuing run: RunDirectory, from step: Int) throws {
    metrics = try LogFile(continuing: run.metrics) { content in
      try MetricsRecord.parse(content, path: run.metrics).last { $0.record.step <= step }?.end ?? 0
    }
    events = try LogFile(continuing: run.events) { EventRecord.prefix(of: $0, upTo: step) }
    if events.isEmpty { try events.append(EventRecord.version(time: Date().timeIntervalSince1970)) }
  }

  /// Records numbers at a step of the run; steps must not go back.
  ///
  /// - Throws: `CourseError` when the disk is full; each file then ends with a whole record.
  public func record(step: Int, _ numbers: Metrics) throws {
    precondition(step >= lastStep, "step \(step) is recorded after step \(lastStep)")
    let record = MetricsRecord(step: step, metrics: numbers)
    try metrics.append(record.line)
    try events.append(EventRecord.scalars(record, time: Date().timeIntervalSince1970))
    lastStep = step
  }
}

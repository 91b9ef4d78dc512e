namespace ExperimentFramework.DataPlane.Science;

/// <summary>When a monitor last evaluated, and what it could not process.</summary>
/// <param name="EvaluatedAt">The time of processing at which the experiments were last evaluated; null if they never were.</param>
/// <param name="IgnoredEvents">The events of experiments that are not monitored.</param>
/// <param name="UnknownEvents">The events that this version cannot read.</param>
/// <param name="FailedEvents">The events that could not be counted because of a fault.</param>
/// <param name="DroppedSignals">The signals that were not taken in time.</param>
internal readonly record struct MonitorWork(DateTimeOffset? EvaluatedAt, long IgnoredEvents, long UnknownEvents, long FailedEvents, long DroppedSignals);

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Whether a monitor could do its work.</summary>
/// <param name="EvaluatedAt">The time of processing at which the experiments were evaluated last; null if they never were.</param>
/// <param name="IgnoredEvents">The events of experiments that are not monitored.</param>
/// <param name="UnknownEvents">The events that this version cannot read.</param>
/// <param name="FailedEvents">The events that could not be counted because of a fault.</param>
/// <param name="DroppedSignals">The signals that were not taken in time.</param>
internal readonly record struct MonitorWork(DateTimeOffset? EvaluatedAt, long IgnoredEvents, long UnknownEvents, long FailedEvents, long DroppedSignals);

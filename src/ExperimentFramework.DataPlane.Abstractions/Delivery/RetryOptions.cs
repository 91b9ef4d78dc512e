namespace ExperimentFramework.DataPlane;

/// <summary>How often and when events that a destination did not accept are retried.</summary>
public sealed class RetryOptions
{
    /// <summary>
    /// The maximum number of attempts to publish an event on its own before it is dropped, from 1 to 100. A failing batch is split first, so that one bad
    /// event does not affect the others. Default: 5.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// The upper bound of the first delay. It doubles with every failure, and each delay is drawn at random between zero and its bound.
    /// More than zero and at most <see cref="MaxDelay"/>. Default: 200 milliseconds.
    /// </summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The largest upper bound of a delay: at most 1 hour. Default: 30 seconds.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);
}

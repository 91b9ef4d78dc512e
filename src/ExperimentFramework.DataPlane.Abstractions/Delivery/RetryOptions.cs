namespace ExperimentFramework.DataPlane;

/// <summary>How often and when an event is tried again that a destination did not take.</summary>
public sealed class RetryOptions
{
    /// <summary>
    /// How often an event is tried by itself before it is given up, from 1 to 100. A batch that fails is split first, so that one bad
    /// event does not sink its neighbours. Default: 5.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// The bound of the first wait, which doubles with every failure; each wait is drawn at random between nothing and its bound.
    /// More than zero and at most <see cref="MaxDelay"/>. Default: 200 milliseconds.
    /// </summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest bound of a wait: at most 1 hour. Default: 30 seconds.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);
}

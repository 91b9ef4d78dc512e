using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Records looks at results, and determines whether the plan allows them. Call <see cref="LookAsync"/> before you show results. Thread-safe.</summary>
/// <param name="monitor">The monitor of the experiments.</param>
/// <param name="ledger">Keeps the looks.</param>
/// <param name="time">The clock.</param>
public sealed class AnalysisLooks(ExperimentMonitor monitor, IAnalysisLedger ledger, TimeProvider time)
{
    private const int MaxTextLength = 1_024;

    /// <summary>The latest looks.</summary>
    internal LookMemory Memory { get; } = new(ledger, time);

    /// <summary>Whether looks are judged by the counts of the given monitor.</summary>
    internal bool IsOf(ExperimentMonitor other) => ReferenceEquals(other, monitor);

    /// <summary>Whether an event of an experiment was seen, so that looks at it can be judged.</summary>
    internal bool IsMonitored(string experimentName) => monitor.IsMonitored(experimentName);

    /// <summary>
    /// Records a look in the ledger. If the plan does not allow the look, the monitor raises a <see cref="AnalysisSignalType.PeekingWarning"/>, and raises it again each time the error rate of the looks has risen noticeably.
    /// </summary>
    /// <param name="experimentName">The experiment.</param>
    /// <param name="by">Who looks: a user, a tool or a scheduled report; 1 to 1,024 characters.</param>
    /// <param name="shown">What is shown, for example "difference and interval of purchase"; 1 to 1,024 characters.</param>
    /// <param name="metric">The metric that is looked at, 1 to 1,024 characters; null for all.</param>
    /// <param name="cancellationToken">Cancels the wait for the ledger.</param>
    /// <returns>Whether the plan allows the look. You can show the results even if it does not, with the error rate in the verdict.</returns>
    /// <exception cref="ArgumentException">A text is empty or too long, or no event of the experiment was seen.</exception>
    public async ValueTask<LookVerdict> LookAsync(string experimentName, string by, string shown, string? metric = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        RequireText(by, nameof(by));
        RequireText(shown, nameof(shown));
        if (metric is not null)
        {
            RequireText(metric, nameof(metric));
        }

        var now = time.GetUtcNow();
        var pending = monitor.Use(experimentName, (experiment, _) => PendingLook.Begin(experiment, now));

        // The integrals can take a while, so they are not computed under the monitor's lock.
        var verdict = pending.Assess(pending.Look with { By = by, Shown = shown, Metric = metric });
        await ledger.RecordAsync(verdict.Look, cancellationToken).ConfigureAwait(false);
        Memory.Add(verdict.Look);
        if (!verdict.IsAllowed)
        {
            monitor.Use(experimentName, (experiment, signals) => pending.Warn(experiment, verdict, signals));
        }

        return verdict;
    }

    private static void RequireText(string text, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, name);
        if (text.Length > MaxTextLength)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} has {text.Length} characters; it must have at most {MaxTextLength}."), name);
        }
    }
}

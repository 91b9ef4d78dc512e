using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Logs by hand what a proxy of the same scope served.</summary>
internal sealed partial class ExposureLogger<TService>(ExposureLoggingDecorator<TService> decorator, ILogger logger) : IExposureLogger<TService>
    where TService : class
{
    private int _hasWarned;

    public ValueTask<bool> LogExposureAsync(CancellationToken cancellationToken = default)
    {
        var current = decorator.Identity.Identify(null, null, null);
        return LogAsync(decorator.Served.Of(current.Id) ?? (current.Id is null ? decorator.Served.OfTheOnly() : null), cancellationToken);
    }

    public ValueTask<bool> LogExposureAsync(string subjectId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        return LogAsync(decorator.Served.Of(subjectId), cancellationToken);
    }

    private ValueTask<bool> LogAsync(ServedSubjects.Served? served, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        var recorder = decorator.Recorder;
        if (recorder.Semantics != ExposureSemantics.Explicit)
        {
            if (Interlocked.Exchange(ref _hasWarned, 1) == 0)
            {
                LogNotExplicit(decorator.ExperimentName, recorder.Semantics);
            }

            return ValueTask.FromResult(false);
        }

        if (served is null)
        {
            return ValueTask.FromResult(false);
        }

        if (recorder.TryAdmit(served.Assigned, served.Index, served.Subject, out var claim))
        {
            recorder.Publish(served.Assigned, served.Index, served.Subject, claim, recorder.Now, served.Attributes);
        }

        return ValueTask.FromResult(true);
    }

    [LoggerMessage(30, LogLevel.Warning,
        "LogExposureAsync of experiment {Experiment} does nothing: the experiment logs by itself under {Semantics}. Set its semantics to Explicit or take the call out.")]
    private partial void LogNotExplicit(string experiment, ExposureSemantics semantics);
}

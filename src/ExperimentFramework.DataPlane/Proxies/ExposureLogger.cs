using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Logs by hand what a proxy of the same scope served.</summary>
internal sealed partial class ExposureLogger<TService>(ExposureLoggingDecorator<TService> decorator, NonThrowingLogger logger)
    : IExposureLogger<TService>
    where TService : class
{
    private readonly NonThrowingLogger _logger = logger;

    public ValueTask<bool> LogExposureAsync(CancellationToken cancellationToken = default) =>
        LogAsync(decorator.Served.FindCurrent(decorator.Identity.Identify(null, null, null)), cancellationToken);

    public ValueTask<bool> LogExposureAsync(string subjectId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        return LogAsync(decorator.Served.FindBySubject(WellFormedText.Of(subjectId)), cancellationToken);
    }

    private ValueTask<bool> LogAsync(ServedExposure? served, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        var experiment = decorator.Experiment;
        var recorder = experiment.Exposures;
        if (recorder.Semantics != ExposureSemantics.Explicit)
        {
            if (experiment.Faults.LoggedByItself.Trip())
            {
                LogNotExplicit(experiment.Name, recorder.Semantics);
            }

            return ValueTask.FromResult(false);
        }

        if (served is null)
        {
            if (experiment.Faults.NothingServed.Trip())
            {
                LogNothingServed(experiment.Name);
            }

            return ValueTask.FromResult(false);
        }

        var written = recorder.RecordExplicit(served, new EnqueueWait(WaitMode.Task, cancellationToken));
        return written.PendingAdmission is { } waiting ? LoggedAsync(waiting, cancellationToken) : ValueTask.FromResult(true);
    }

    private static async ValueTask<bool> LoggedAsync(Task<bool> waiting, CancellationToken cancellationToken)
    {
        // What did not get room in time is counted; that something was served stays true.
        if (!await waiting.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return true;
    }

    [LoggerMessage(30, LogLevel.Warning,
        "LogExposureAsync of experiment {Experiment} does nothing: the experiment logs by itself under {Semantics}. Set its semantics to Explicit or take the call out.", EventName = "ExposureLoggerNotExplicit")]
    private partial void LogNotExplicit(string experiment, ExposureSemantics semantics);

    [LoggerMessage(31, LogLevel.Warning,
        "LogExposureAsync of experiment {Experiment} found nothing to log: the subject was served nothing in this scope. Log in the scope that was served, or name the subject.", EventName = "ExposureLoggerNothingServed")]
    private partial void LogNothingServed(string experiment);
}

using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Records an explicit exposure of the variant that a proxy of the same scope served.</summary>
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
        return LogAsync(decorator.Served.FindBySubject(WellFormedText.Of(subjectId), decorator.Identity.Identify(subjectId, null, null).TenantId), cancellationToken);
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
            if (experiment.Faults.NotExplicit.Trip())
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

        var result = recorder.RecordExplicit(served, new EnqueueWait(WaitMode.Task, cancellationToken));
        return result.PendingAdmission is { } pending ? WaitAsync(pending, cancellationToken) : ValueTask.FromResult(true);
    }

    private static async ValueTask<bool> WaitAsync(Task<bool> pending, CancellationToken cancellationToken)
    {
        // An exposure that was not enqueued in time is counted as a drop; the result still says that a variant was served.
        if (!await pending.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return true;
    }

    [LoggerMessage(30, LogLevel.Warning,
        "LogExposureAsync does nothing for experiment {Experiment}, which records exposures automatically under {Semantics} semantics. Set its semantics to Explicit, or remove the call.", EventName = "ExposureLoggerNotExplicit")]
    private partial void LogNotExplicit(string experiment, ExposureSemantics semantics);

    [LoggerMessage(31, LogLevel.Warning,
        "LogExposureAsync found nothing to record for experiment {Experiment}: no variant was served to the subject in this scope. Call it in the scope that served the variant, or pass the subject id.", EventName = "ExposureLoggerNothingServed")]
    private partial void LogNothingServed(string experiment);
}

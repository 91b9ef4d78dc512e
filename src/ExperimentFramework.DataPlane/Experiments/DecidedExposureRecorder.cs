using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Records exposures of decisions that were made elsewhere, through the recorders that proxies use.</summary>
internal sealed partial class DecidedExposureRecorder(
    RecordedExperiments experiments, SubjectIdentity identity, EventPublisher publisher, DropLedger drops, ILogger logger) : IExposureRecorder
{
    /// <summary>The variant that drops are counted under, because the number of actual variants is unbounded.</summary>
    private const string AnyVariant = "*";

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);

    public ValueTask<bool> RecordAsync(DecidedExposure exposure, CancellationToken cancellationToken = default)
    {
        Validate(exposure);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (!publisher.IsEnabled(DataPlaneEventType.Exposure))
        {
            return ValueTask.FromResult(false);
        }

        if (experiments.Find(exposure.ExperimentName) is not { } experiment)
        {
            return ValueTask.FromResult(RefuseName());
        }

        if (!experiment.Exposures.IsEnabled)
        {
            return ValueTask.FromResult(false);
        }

        if (experiment.Find(exposure) is not { } decision)
        {
            return ValueTask.FromResult(RefuseVariant(experiment, exposure.VariantKey));
        }

        experiment.UnknownVariant.Reset();
        var subject = identity.Identify(exposure.SubjectId, WellFormedText.Of(exposure.SubjectType), exposure.TenantId);
        var result = experiment.Exposures.RecordRequested(decision, subject, exposure.Attributes, new EnqueueWait(WaitMode.Task, cancellationToken));
        return result.PendingAdmission is { } admission ? AfterAdmissionAsync(admission, cancellationToken) : ValueTask.FromResult(result.IsAccepted);
    }

    private static void Validate(in DecidedExposure exposure)
    {
        var error =
            NameError(nameof(exposure.ExperimentName), exposure.ExperimentName, "name of the experiment")
            ?? (exposure.ExperimentName == ExperimentNames.All
                ? $"{nameof(DecidedExposure)}.{nameof(exposure.ExperimentName)} '{ExperimentNames.All}' is reserved for events that belong to no single experiment. Use the name of one experiment."
                : null)
            ?? NameError(nameof(exposure.VariantKey), exposure.VariantKey, "key of the variant that was served")
            ?? (string.IsNullOrEmpty(exposure.Reason)
                ? $"{nameof(DecidedExposure)}.{nameof(exposure.Reason)} is null or empty. Set it to why the variant was selected, or leave it out for '{SelectionReasons.DecidedElsewhere}'."
                : null);
        if (error is not null)
        {
            throw new ArgumentException(error, nameof(exposure));
        }
    }

    private static string? NameError(string property, string? name, string meaning) =>
        string.IsNullOrEmpty(name) ? $"{nameof(DecidedExposure)}.{property} is null or empty. Set it to the {meaning}."
        : NameRules.Validate(name) is { } error ? $"{nameof(DecidedExposure)}.{property} '{PrintableText.Sanitize(name)}' {error}. Set it to the {meaning}."
        : null;

    private static async ValueTask<bool> AfterAdmissionAsync(Task<bool> admission, CancellationToken cancellationToken)
    {
        var isEnqueued = await admission.ConfigureAwait(false);
        if (!isEnqueued)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return isEnqueued;
    }

    private bool RefuseName()
    {
        drops.CounterFor(new EventKey(ExperimentNames.All, AnyVariant, DataPlaneEventType.Exposure), DropReasons.UnknownVariant).Increment();
        if (experiments.TooManyNames.Trip())
        {
            LogTooManyNames(RecordedExperiments.MaxUnregistered);
        }

        return false;
    }

    private bool RefuseVariant(RecordedExperiment experiment, string variantKey)
    {
        drops.CounterFor(new EventKey(experiment.Name, AnyVariant, DataPlaneEventType.Exposure), DropReasons.UnknownVariant).Increment();
        if (experiment.UnknownVariant.Trip())
        {
            LogUnknownVariant(experiment.Name, variantKey, string.Join(", ", experiment.Variants.Keys.Take(100)));
        }

        return false;
    }

    [LoggerMessage(141, LogLevel.Error,
        "IExposureRecorder drops exposures of experiment {Experiment} because variant '{Variant}' does not exist. Use one of: {Variants}; or add the variant to the experiment.", EventName = "RecordedUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string variant, string variants);

    [LoggerMessage(142, LogLevel.Error,
        "IExposureRecorder drops exposures because more than {Max} different experiment names that are not registered have been recorded. Register the experiments, or check that names contain no ids.", EventName = "RecordedTooManyNames")]
    private partial void LogTooManyNames(int max);
}

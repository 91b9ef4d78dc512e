namespace ExperimentFramework.DataPlane.Tests.Experiments.OpenFeature;

public sealed class ExposureHook(IExposureRecorder exposures) : Hook
{
    public override async ValueTask AfterAsync<T>(
        HookContext<T> context, FlagEvaluationDetails<T> details, IReadOnlyDictionary<string, object>? hints = null, CancellationToken cancellationToken = default)
    {
        // Without a variant the flag was not split: a default, a disabled flag, an error.
        if (details.Variant is { Length: > 0 } variant && details.ErrorType == ErrorType.None)
        {
            await exposures.RecordAsync(
                new DecidedExposure
                {
                    ExperimentName = details.FlagKey,
                    VariantKey = variant,
                    Reason = string.IsNullOrEmpty(details.Reason) ? SelectionReasons.DecidedElsewhere : details.Reason,
                    SubjectId = context.EvaluationContext.TargetingKey,
                    SubjectType = "user",
                    AllocationVersion = details.FlagMetadata?.GetString("version"),
                },
                cancellationToken);
        }
    }
}

public abstract class Hook
{
    public virtual ValueTask AfterAsync<T>(
        HookContext<T> context, FlagEvaluationDetails<T> details, IReadOnlyDictionary<string, object>? hints = null, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;
}

public sealed record HookContext<T>(string FlagKey, T DefaultValue, EvaluationContext EvaluationContext);

public sealed record EvaluationContext(string? TargetingKey);

public sealed record FlagEvaluationDetails<T>(
    string FlagKey, T Value, ErrorType ErrorType, string? Reason, string? Variant, ImmutableMetadata? FlagMetadata = null);

public sealed class ImmutableMetadata(Dictionary<string, object> metadata)
{
    public string? GetString(string key) => metadata.TryGetValue(key, out var value) ? value as string : null;
}

public enum ErrorType
{
    None,
    General,
}

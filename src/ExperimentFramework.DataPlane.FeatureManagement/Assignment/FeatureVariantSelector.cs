using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>
/// Selects the variant that Microsoft.FeatureManagement allocates to the subject, as the user, and its tenant, as the group. Selects control while
/// the feature is not defined or allocates nothing, and for an unknown subject, which cannot be distinguished from any other.
/// </summary>
internal sealed partial class FeatureVariantSelector(
    IVariantFeatureManager features,
    IFeatureDefinitionProvider definitions,
    IConfiguration? configuration,
    string experimentName,
    string feature,
    string controlKey,
    NonThrowingLogger logger) : IVariantSelector
{
    /// <summary>How often a subject is evaluated if the definition changes each time.</summary>
    private const int MaxAttempts = 3;

    private readonly NonThrowingLogger _logger = logger;

    /// <summary>Selections without a version, for variants whose allocation is not known.</summary>
    private readonly FeatureAllocation _unknown = new(feature, definition: null);
    private readonly VariantSelection _noSubject = new(controlKey, SelectionReasons.NoSubject, $"feature-management:{feature}");
    private FeatureAllocation? _allocation;

    public VariantSelection Select(in SelectionContext context)
    {
        if (context.SubjectId is null)
        {
            return _noSubject;
        }

        var target = new TargetingContext { UserId = context.SubjectId, Groups = context.TenantId is null ? [] : [context.TenantId] };
        var allocation = Current();
        for (var attempt = 1; ; attempt++)
        {
            var variant = Evaluate(target);
            var after = Current();
            if (after.Version == allocation.Version)
            {
                return SelectionOf(after, variant, context);
            }

            // The definition was reloaded meanwhile, so it is not known which one the variant was drawn by.
            if (attempt == MaxAttempts)
            {
                return SelectionOf(_unknown, variant, context);
            }

            allocation = after;
        }
    }

    /// <summary>
    /// Checks the feature at start-up, because the only other sign of a wrong setup is that all subjects get control. If the definition cannot be read
    /// yet, that is logged and the first call tries again.
    /// </summary>
    public void Check()
    {
        try
        {
            Current();
        }
        catch (Exception exception)
        {
            LogNotRead(experimentName, feature, exception);
        }
    }

    private string? Evaluate(TargetingContext target)
    {
        var variant = features.GetVariantAsync(feature, target, CancellationToken.None);
        if (!variant.IsCompleted)
        {
            throw NotSynchronous("a feature filter or the source of feature definitions");
        }

        // Completed, so this does not block.
        return variant.GetAwaiter().GetResult()?.Name;
    }

    private VariantSelection SelectionOf(FeatureAllocation allocation, string? variant, in SelectionContext context) =>
        string.IsNullOrEmpty(variant) ? allocation.NotAllocated(controlKey) : allocation.Allocated(variant, context);

    private FeatureAllocation Current()
    {
        var task = definitions.GetFeatureDefinitionAsync(feature);
        if (!task.IsCompleted)
        {
            throw NotSynchronous("the source of feature definitions");
        }

        // Completed, so this does not block.
        var definition = task.GetAwaiter().GetResult();
        var allocation = Volatile.Read(ref _allocation);
        if (allocation is null || allocation.Definition != definition)
        {
            Volatile.Write(ref _allocation, allocation = new FeatureAllocation(feature, definition));
            WarnIfNothingIsAllocated(definition);
        }

        return allocation;
    }

    private InvalidOperationException NotSynchronous(string what) => new(
        $"Feature '{feature}' cannot be evaluated synchronously, because {what} performs asynchronous work. A variant is selected during a call, which must not wait. Keep definitions in memory and evaluate filters without I/O.");

    private void WarnIfNothingIsAllocated(FeatureDefinition? definition)
    {
        if (definition is not null)
        {
            if (definition.Variants?.Any() != true || definition.Allocation is null)
            {
                LogNoVariants(experimentName, feature, controlKey);
            }
        }
        else if (FindUnreadSection() is { } section)
        {
            LogOtherSection(experimentName, feature, section, controlKey);
        }
        else
        {
            LogNotDefined(experimentName, feature, controlKey);
        }
    }

    /// <summary>Returns a configuration section that defines the feature but that the registered feature management does not read.</summary>
    private string? FindUnreadSection() =>
        configuration is null ? null
        : configuration.GetSection("feature_management:feature_flags").GetChildren().Any(flag => string.Equals(flag["id"], feature, StringComparison.OrdinalIgnoreCase)) ? "feature_management"
        : configuration.GetSection("FeatureManagement").GetChildren().Any(flag => string.Equals(flag.Key, feature, StringComparison.OrdinalIgnoreCase)) ? "FeatureManagement"
        : null;

    [LoggerMessage(110, LogLevel.Warning,
        "Experiment {Experiment} selects by feature '{Feature}', which is not defined. '{Control}' is served to all subjects until it is.", EventName = "FeatureNotDefined")]
    private partial void LogNotDefined(string experiment, string feature, string control);

    [LoggerMessage(111, LogLevel.Warning,
        "Experiment {Experiment} selects by feature '{Feature}', which is defined in the configuration section '{Section}' that the registered feature management does not read. '{Control}' is served to all subjects. Call services.AddFeatureManagement() without a section, or define the feature in the section that it reads.", EventName = "FeatureInOtherSection")]
    private partial void LogOtherSection(string experiment, string feature, string section, string control);

    [LoggerMessage(112, LogLevel.Warning,
        "Experiment {Experiment} selects by feature '{Feature}', which has no variants or no allocation. '{Control}' is served to all subjects. Define them in the section 'feature_management', or select by the flag with UsingFeatureFlag.", EventName = "FeatureWithoutVariants")]
    private partial void LogNoVariants(string experiment, string feature, string control);

    [LoggerMessage(113, LogLevel.Warning, "Experiment {Experiment} selects by feature '{Feature}', whose definition could not be read at start-up. Reading is retried at the first call.", EventName = "FeatureUnreadable")]
    private partial void LogNotRead(string experiment, string feature, Exception exception);
}

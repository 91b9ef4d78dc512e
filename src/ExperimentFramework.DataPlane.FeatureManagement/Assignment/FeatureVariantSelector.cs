using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>
/// The variant that Microsoft.FeatureManagement allocates to the subject, as user, and its tenant, as group. Control while the
/// feature is not defined or allocates nothing, and for an unknown subject, whom it cannot tell from any other.
/// </summary>
internal sealed class FeatureVariantSelector(
    IVariantFeatureManager features, IFeatureDefinitionProvider definitions, string feature, string controlKey) : IVariantSelector
{
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
        var variant = features.GetVariantAsync(feature, target, CancellationToken.None);
        if (!variant.IsCompleted)
        {
            throw Waits("a feature filter or the source of feature definitions");
        }

        // It has ended, so this waits for nothing.
        return variant.GetAwaiter().GetResult() is { Name: { Length: > 0 } name } ? allocation.Allocated(name) : allocation.NotAllocated(controlKey);
    }

    private FeatureAllocation Current()
    {
        var task = definitions.GetFeatureDefinitionAsync(feature);
        if (!task.IsCompleted)
        {
            throw Waits("the source of feature definitions");
        }

        // It has ended, so this waits for nothing.
        var definition = task.GetAwaiter().GetResult();
        var allocation = Volatile.Read(ref _allocation);
        if (allocation is null || allocation.Definition != definition)
        {
            Volatile.Write(ref _allocation, allocation = new FeatureAllocation(feature, definition));
        }

        return allocation;
    }

    private InvalidOperationException Waits(string what) => new(
        $"Feature '{feature}' is not decided at once, because {what} waits for something. A variant is selected on the way of a call, which does not wait: keep definitions in memory and decide without I/O.");
}

namespace ExperimentFramework.DataPlane;

/// <summary>The values that an experiment's variants have now. Options that are reloaded replace them as a whole.</summary>
internal sealed class VariantValues
{
    private IReadOnlyDictionary<string, object>[] _byVariant = [];

    public VariantValues(string experimentName, DeclaredValues declared, ReloadableOptions options) => options.OnChange(current =>
    {
        var byVariant = declared.Under(current.Experiments.TryGetValue(experimentName, out var own) ? own.Variants : null);
        return () => Volatile.Write(ref _byVariant, byVariant);
    });

    /// <summary>Returns the values of a variant.</summary>
    public IReadOnlyDictionary<string, object> this[Variant variant] => Volatile.Read(ref _byVariant)[variant.Id];
}

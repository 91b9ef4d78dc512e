namespace ExperimentFramework.DataPlane;

/// <summary>The variants declared on a trial, control first.</summary>
internal sealed class TrialVariantSet(IReadOnlyList<Variant> variants) : IVariantSet
{
    public Variant Control => variants[0];

    public IEnumerable<string> Keys => variants.Select(variant => variant.Key);

    public Variant this[int id] => variants[id];

    public Variant? Find(string key) =>
        variants.FirstOrDefault(variant => string.Equals(variant.Key, key, StringComparison.OrdinalIgnoreCase));
}

namespace ExperimentFramework.DataPlane;

/// <summary>The variants declared on a trial, control first.</summary>
internal sealed class TrialVariantSet(IReadOnlyList<Variant> variants) : IVariantSet
{
    public Variant Control => variants[0];

    public IEnumerable<string> Keys => variants.Select(variant => variant.Key);

    public Variant this[int id] => variants[id];

    public Variant? Find(string key)
    {
        // Without an enumerator, because variants are also found where exposures are recorded.
        for (var i = 0; i < variants.Count; i++)
        {
            if (string.Equals(variants[i].Key, key, StringComparison.OrdinalIgnoreCase))
            {
                return variants[i];
            }
        }

        return null;
    }
}

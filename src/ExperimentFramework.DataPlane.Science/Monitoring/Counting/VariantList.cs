namespace ExperimentFramework.DataPlane.Science;

/// <summary>The variants of an experiment, by index in order of appearance.</summary>
internal sealed class VariantList
{
    private readonly List<string> _keys = [];

    /// <summary>The keys, by index.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>The index of a variant, which is added if it is new; -1 if there are 64 others, or it has no key.</summary>
    public int IndexOf(string? key)
    {
        if (key is null)
        {
            return -1;
        }

        key = BoundedName.Of(key);

        // The ends of long lists are reached only by streams that name ever new variants.
        for (var index = 0; index < _keys.Count; index++)
        {
            if (string.Equals(_keys[index], key, StringComparison.Ordinal))
            {
                return index;
            }
        }

        if (_keys.Count == SubjectTable.MaxVariants)
        {
            return -1;
        }

        _keys.Add(key);
        return _keys.Count - 1;
    }
}

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The variants of an experiment. The index is the order of appearance.</summary>
internal sealed class VariantList
{
    private readonly List<string> _keys = [];

    /// <summary>The keys, by index.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Returns the index of a variant and adds the variant if it is new; -1 if there are already 64 others, or the key is empty.</summary>
    public int IndexOf(string? key)
    {
        if (key is null)
        {
            return -1;
        }

        key = BoundedName.Of(key);

        // A linear search is enough: only a faulty stream that keeps introducing variants has a long list.
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

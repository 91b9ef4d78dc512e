namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Items by name, up to a bound: those beyond it share one, because a stream can name any number.</summary>
/// <param name="max">How many names have an item of their own.</param>
/// <param name="create">Creates the item of a name.</param>
internal sealed class BoundedNames<T>(int max, Func<string, T> create)
    where T : class
{
    /// <summary>The name of the item that names beyond the bound share, as accounts have it.</summary>
    public const string Other = "(other)";

    private readonly Dictionary<string, T> _items = new(StringComparer.Ordinal);
    private string? _latestName;
    private T? _latest;

    /// <summary>The items, by name.</summary>
    public IEnumerable<T> All => _items.OrderBy(static item => item.Key, StringComparer.Ordinal).Select(static item => item.Value);

    /// <summary>Returns the item of a name.</summary>
    public T this[string name]
    {
        get
        {
            if (_latest is { } latest && string.Equals(name, _latestName, StringComparison.Ordinal))
            {
                return latest;
            }

            if (!_items.TryGetValue(name, out var item) && !(_items.Count >= max && _items.TryGetValue(Other, out item)))
            {
                var key = _items.Count < max ? name : Other;
                item = create(key);
                _items.Add(key, item);
            }

            (_latestName, _latest) = (name, item);
            return item;
        }
    }
}

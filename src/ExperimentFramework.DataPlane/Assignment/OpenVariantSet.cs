using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The variants that somebody else names, a flag system say: all are served by the one instance that is registered. Bounded:
/// a name beyond the limit is an unknown variant, and so is one that no trial could declare, with a control character in it say.
/// </summary>
internal sealed class OpenVariantSet : IVariantSet
{
    private const int MaxVariants = 1_000;

    private readonly ConcurrentDictionary<string, Variant> _variants = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();
    private readonly Guid? _build;

    public OpenVariantSet(string controlKey, Guid? build)
    {
        _build = build;
        Control = new Variant(0, controlKey, build, 0);
        _variants[controlKey] = Control;
    }

    public Variant Control { get; }

    public IEnumerable<string> Keys => _variants.Values.OrderBy(variant => variant.Id).Select(variant => variant.Key);

    public Variant this[int id] => _variants.Values.First(variant => variant.Id == id);

    public Variant? Find(string key) => _variants.TryGetValue(key, out var variant) ? variant : Add(key);

    private Variant? Add(string key)
    {
        if (NameRules.Validate(key) is not null)
        {
            return null;
        }

        lock (_lock)
        {
            return _variants.TryGetValue(key, out var variant) ? variant
                : _variants.Count == MaxVariants ? null
                : _variants[key] = new Variant(_variants.Count, key, _build, 0);
        }
    }
}

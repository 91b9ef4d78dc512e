using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A set of variants named by another system, such as a feature flag service; the one registered instance serves all of them. Bounded: a key
/// beyond the limit is an unknown variant, and so is a key that is not a valid name, for example because it contains a control character.
/// </summary>
/// <remarks>
/// Keys are taken from the other system unchanged: two that differ in case are two variants, so that no process depends on which of them it saw first. Only control,
/// which is known, is found ignoring case.
/// </remarks>
internal sealed class OpenVariantSet : IVariantSet
{
    private const int MaxVariants = 1_000;

    private readonly ConcurrentDictionary<string, Variant> _variants = new(StringComparer.Ordinal);
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
        if (key.Equals(Control.Key, StringComparison.OrdinalIgnoreCase))
        {
            return Control;
        }

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

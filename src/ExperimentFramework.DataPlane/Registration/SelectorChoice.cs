using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>How a trial selects: makes the selector when the experiment starts.</summary>
/// <param name="Create">Makes the selector from the services, the experiment's name and its variants, control first.</param>
/// <param name="ServiceType">The selector's type where it comes from the container; null elsewhere.</param>
internal sealed record SelectorChoice(
    Func<IServiceProvider, string, IReadOnlyList<(string Key, double Weight)>, IVariantSelector> Create, Type? ServiceType = null)
{
    public static SelectorChoice ConfigurationKey(string key) =>
        new((services, name, variants) => new ConfigurationKeySelector(Configuration(services, name), key, variants[0].Key));

    public static SelectorChoice FeatureFlag(string flag) =>
        new((services, name, variants) =>
        {
            var onKey = variants.Count == 2
                ? variants[1].Key
                : variants.FirstOrDefault(variant => string.Equals(variant.Key, bool.TrueString, StringComparison.OrdinalIgnoreCase)).Key;
            return onKey is null
                ? throw new InvalidOperationException(
                    $"Experiment '{name}' selects by feature flag '{flag}', which is on or off, but has {variants.Count - 1} variants beside control: keep one, or name the one that stands for on 'true'.")
                : new FeatureFlagSelector(Configuration(services, name), flag, onKey, variants[0].Key);
        });

    public static SelectorChoice SubjectHash(string? salt) =>
        new((_, name, variants) => new SubjectHashSelector(name, salt, variants));

    public static SelectorChoice Instance(IVariantSelector selector) => new((_, _, _) => selector);

    public static SelectorChoice Service<TSelector>()
        where TSelector : class, IVariantSelector =>
        new((services, _, _) => services.GetRequiredService<TSelector>(), typeof(TSelector));

    private static IConfiguration Configuration(IServiceProvider services, string experimentName) =>
        services.GetService<IConfiguration>() ?? throw new InvalidOperationException(
            $"Experiment '{experimentName}' selects by configuration, but no IConfiguration is registered: use a host builder or services.AddSingleton<IConfiguration>(...).");
}

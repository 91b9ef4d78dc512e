using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes how a trial selects, and creates the selector when the experiment starts.</summary>
/// <param name="Create">Creates the selector from the services, the experiment's name and its variants, control first.</param>
/// <param name="ServiceType">The selector's service type if it is resolved from the container; otherwise null.</param>
/// <param name="ReadsWeights">Whether the selector uses the variants' weights.</param>
/// <param name="Description">The description for messages; null to use the selector's type name.</param>
/// <param name="FindMissing">Reports a missing configuration value that the selector reads; null if that cannot be known.</param>
internal sealed record SelectorDescriptor(
    Func<IServiceProvider, string, IReadOnlyList<(string Key, double Weight)>, IVariantSelector> Create,
    Type? ServiceType = null,
    bool ReadsWeights = false,
    string? Description = null,
    Func<IServiceProvider, string?>? FindMissing = null)
{
    /// <summary>Describes a missing configuration value that the selector reads, as a sentence; null if nothing is missing.</summary>
    public string? Missing(IServiceProvider services) => FindMissing?.Invoke(services);

    public static SelectorDescriptor ConfigurationKey(string key) =>
        new((services, name, variants) => new ConfigurationKeySelector(Value(services, RequiredConfiguration.Of(services, name), key), variants[0].Key),
            Description: $"configuration key '{key}'",
            FindMissing: services => string.IsNullOrEmpty(services.GetService<IConfiguration>()?[key])
                ? $"it selects by configuration key '{key}', which does not exist."
                : null);

    public static SelectorDescriptor FeatureFlag(string flag) =>
        new((services, name, variants) =>
        {
            var onKey = variants.Count == 2
                ? variants[1].Key
                : variants.FirstOrDefault(variant => string.Equals(variant.Key, bool.TrueString, StringComparison.OrdinalIgnoreCase)).Key;
            var configuration = RequiredConfiguration.Of(services, name);
            if (configuration.GetSection(FeatureFlagSelector.KeyOf(flag)).GetChildren().Any())
            {
                throw new InvalidOperationException(
                    $"Experiment '{name}' selects by feature flag '{flag}', but '{FeatureFlagSelector.KeyOf(flag)}' is a section. This selector reads only true or false; use a custom selector for flags with filters.");
            }

            return onKey is null
                ? throw new InvalidOperationException(
                    $"Experiment '{name}' selects by feature flag '{flag}', which is on or off, but it has {variants.Count - 1} variants besides control. Keep one, or give the variant to serve when the flag is on the key 'true'.")
                : new FeatureFlagSelector(
                    configuration,
                    Value(services, configuration, FeatureFlagSelector.KeyOf(flag)),
                    name,
                    flag,
                    onKey,
                    variants[0].Key,
                    services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
        }, Description: $"feature flag '{flag}'");

    public static SelectorDescriptor SubjectHash(string? salt, string? weightsSection = null) => new(
        (services, name, variants) => weightsSection is null
            ? new SubjectHashSelector(name, salt, variants)
            : Reloaded(services, name, salt, variants, weightsSection),
        ReadsWeights: true,
        Description: $"subject hash{(salt is null ? "" : $" with salt '{salt}'")}{(weightsSection is null ? "" : $", weights from '{weightsSection}'")}");

    public static SelectorDescriptor Instance(IVariantSelector selector) => new((_, _, _) => selector);

    public static SelectorDescriptor Factory(Func<IServiceProvider, IVariantSelector> create) => Factory((services, name) =>
    {
        try
        {
            return create(services);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Experiment '{name}' cannot start: the factory of its selector failed: {exception.Message}", exception);
        }
    });

    /// <summary>Creates a descriptor from a factory that receives the experiment's name and reports its own errors.</summary>
    public static SelectorDescriptor Factory(Func<IServiceProvider, string, IVariantSelector> create) =>
        new((services, name, _) => create(services, name) ?? throw new InvalidOperationException(
            $"Experiment '{name}' cannot start: the factory of its selector returned null."));

    public static SelectorDescriptor Service<TSelector>()
        where TSelector : class, IVariantSelector =>
        new(
            (services, name, _) => services.GetService<TSelector>() ?? throw new InvalidOperationException(
                $"Experiment '{name}' selects by {typeof(TSelector)}, which is not registered. Call services.AddSingleton<{typeof(TSelector).Name}>()."),
            typeof(TSelector));

    private static ConfigurationValue Value(IServiceProvider services, IConfiguration configuration, string key) =>
        new(configuration, key, Time(services), services.NonThrowingLogger(DataPlaneLogCategories.Assignment));

    private static TimeProvider Time(IServiceProvider services) => NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());

    private static ConfiguredWeightsSelector Reloaded(
        IServiceProvider services, string name, string? salt, IReadOnlyList<(string Key, double Weight)> variants, string section)
    {
        try
        {
            return new ConfiguredWeightsSelector(
                name, salt, variants, RequiredConfiguration.Of(services, name), section, Time(services), services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
        }
        catch (FormatException exception)
        {
            throw new InvalidOperationException($"Experiment '{name}' cannot start: {exception.Message}", exception);
        }
    }
}

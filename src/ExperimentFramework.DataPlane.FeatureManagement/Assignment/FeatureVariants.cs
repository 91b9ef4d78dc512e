using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>Makes the selector of an experiment from what is registered, or says why it cannot be made.</summary>
internal static class FeatureVariants
{
    public static FeatureVariantSelector Create(IServiceProvider services, string experimentName, string feature)
    {
        using var scope = services.CreateScope();
        using var other = services.CreateScope();
        var selector = new FeatureVariantSelector(
            Singleton<IVariantFeatureManager>(scope, other, experimentName, feature),
            Singleton<IFeatureDefinitionProvider>(scope, other, experimentName, feature),
            services.GetService<IConfiguration>(),
            experimentName,
            feature,
            VariantKeys.Control,
            services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
        selector.Check();
        return selector;
    }

    /// <summary>
    /// One selector answers the calls of all scopes. What a scope has of its own would be that of the first scope for ever or, where the
    /// container checks scopes, an error without a name.
    /// </summary>
    private static T Singleton<T>(IServiceScope scope, IServiceScope other, string experimentName, string feature)
        where T : class =>
        scope.ServiceProvider.GetService<T>() is not { } service
            ? throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: feature '{feature}' selects its variant, but Microsoft.FeatureManagement is not registered: call services.AddFeatureManagement().")
            : ReferenceEquals(service, other.ServiceProvider.GetService<T>())
                ? service
                : throw new InvalidOperationException(
                    $"Experiment '{experimentName}' cannot start: feature '{feature}' selects its variant, but {typeof(T).Name} is not a singleton, and one selector answers the calls of all scopes. Call services.AddFeatureManagement() instead of AddScopedFeatureManagement(), or choose the variant with an IVariantSelector of your own.");
}

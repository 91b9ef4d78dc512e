using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>Creates the selector of an experiment from the registered services, or throws with the reason if it cannot.</summary>
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
    /// Resolves a singleton, because one selector serves the calls of all scopes. A scoped service would be captured from the first scope or, if the
    /// container validates scopes, cause an error that does not name the experiment.
    /// </summary>
    private static T Singleton<T>(IServiceScope scope, IServiceScope other, string experimentName, string feature)
        where T : class =>
        scope.ServiceProvider.GetService<T>() is not { } service
            ? throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: feature '{feature}' selects its variant, but Microsoft.FeatureManagement is not registered. Call services.AddFeatureManagement().")
            : ReferenceEquals(service, other.ServiceProvider.GetService<T>())
                ? service
                : throw new InvalidOperationException(
                    $"Experiment '{experimentName}' cannot start: feature '{feature}' selects its variant, but {typeof(T).Name} is not a singleton, and one selector serves the calls of all scopes. Call services.AddFeatureManagement() instead of AddScopedFeatureManagement(), or select the variant with a custom IVariantSelector.");
}

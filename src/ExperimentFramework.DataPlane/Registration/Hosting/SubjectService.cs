using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Registers a service that acts for the current subject, as a singleton or as scoped: a singleton would ask a scoped identity provider outside its scope.
/// </summary>
/// <typeparam name="T">The service.</typeparam>
internal sealed class SubjectService<T>
    where T : class
{
    private readonly Func<IServiceProvider, T> _singleton;
    private readonly Func<IServiceProvider, T> _scoped;

    /// <param name="create">Creates the service; the second argument says whether it is scoped.</param>
    public SubjectService(Func<IServiceProvider, bool, T> create)
    {
        _singleton = provider => IsSingletonOrAbsent(provider.GetRequiredService<RegisteredServices>().Last(typeof(ISubjectIdentityProvider)))
            ? create(provider, false)
            : throw new InvalidOperationException(
                $"{typeof(T).Name} is a singleton, because ISubjectIdentityProvider was not registered yet, but the provider is not. Register the provider before AddDataBackplane, or call AddDataBackplane() again after it.");
        _scoped = provider => create(provider, true);
    }

    /// <summary>Adds the service, or changes its lifetime if its dependencies were registered since. A registration of the application is kept.</summary>
    /// <param name="services">The services.</param>
    /// <param name="needsScope">Whether something other than the identity provider needs the scope.</param>
    public void AddTo(IServiceCollection services, bool needsScope)
    {
        var isScoped = needsScope
            || !IsSingletonOrAbsent(services.LastOrDefault(descriptor => !descriptor.IsKeyedService && descriptor.ServiceType == typeof(ISubjectIdentityProvider)));
        var descriptor = ServiceDescriptor.Describe(typeof(T), isScoped ? _scoped : _singleton, isScoped ? ServiceLifetime.Scoped : ServiceLifetime.Singleton);
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { IsKeyedService: false } registered && registered.ServiceType == typeof(T))
            {
                if (ReferenceEquals(registered.ImplementationFactory, _singleton) || ReferenceEquals(registered.ImplementationFactory, _scoped))
                {
                    services[i] = descriptor;
                }

                return;
            }
        }

        services.Add(descriptor);
    }

    private static bool IsSingletonOrAbsent(ServiceDescriptor? provider) => provider is null or { Lifetime: ServiceLifetime.Singleton };
}

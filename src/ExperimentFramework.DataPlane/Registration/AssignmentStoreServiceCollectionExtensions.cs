using System.Diagnostics.CodeAnalysis;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers stores of assignments. Of several, <see cref="AssignmentPolicy.SubjectSticky"/> takes the last one registered and
/// <see cref="AssignmentPolicy.GloballySticky"/> the last one that is shared.
/// </summary>
public static class AssignmentStoreServiceCollectionExtensions
{
    /// <summary>Adds a store of the application's own. A second call for the same type adds no second one.</summary>
    /// <typeparam name="TStore">The store, created by the container as a singleton.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddAssignmentStore<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStore>(
        this IServiceCollection services)
        where TStore : class, IAssignmentStore
    {
        services.AddDataBackplane();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAssignmentStore, TStore>());
        return services;
    }

    /// <summary>Adds a store that the caller made. The container does not dispose it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="store">The store.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="store"/> is null.</exception>
    public static IServiceCollection AddAssignmentStore(this IServiceCollection services, IAssignmentStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return services.AddDataBackplane().AddSingleton(store);
    }

    /// <summary>Adds a store that a factory makes, as a singleton that the container disposes.</summary>
    /// <param name="services">The services.</param>
    /// <param name="create">Makes the store.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="create"/> is null.</exception>
    public static IServiceCollection AddAssignmentStore(this IServiceCollection services, Func<IServiceProvider, IAssignmentStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return services.AddDataBackplane().AddSingleton(create);
    }

    /// <summary>
    /// Adds a store in the memory of this process: assignments last until the process ends, and the subject used least recently is
    /// forgotten when it is full.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="capacity">How many assignments are kept: at least 1. Default: 100,000.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public static IServiceCollection AddInMemoryAssignmentStore(
        this IServiceCollection services, int capacity = InMemoryAssignmentStore.DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return services.AddAssignmentStore(_ => new InMemoryAssignmentStore(capacity));
    }
}

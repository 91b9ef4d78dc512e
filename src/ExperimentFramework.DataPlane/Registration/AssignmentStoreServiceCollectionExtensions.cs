using System.Diagnostics.CodeAnalysis;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers assignment stores. If several are registered, <see cref="AssignmentPolicy.SubjectSticky"/> uses the last one and
/// <see cref="AssignmentPolicy.GloballySticky"/> the last one that is shared.
/// </summary>
public static class AssignmentStoreServiceCollectionExtensions
{
    /// <summary>Adds a custom assignment store. Calling this again for the same type has no effect.</summary>
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

    /// <summary>Adds an existing assignment store instance. The container does not dispose it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="store">The store.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="store"/> is null.</exception>
    public static IServiceCollection AddAssignmentStore(this IServiceCollection services, IAssignmentStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return services.AddDataBackplane().AddSingleton(store);
    }

    /// <summary>Adds an assignment store created by a factory, as a singleton that the container disposes.</summary>
    /// <param name="services">The services.</param>
    /// <param name="create">Creates the store.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="create"/> is null.</exception>
    public static IServiceCollection AddAssignmentStore(this IServiceCollection services, Func<IServiceProvider, IAssignmentStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return services.AddDataBackplane().AddSingleton(create);
    }

    /// <summary>
    /// Adds an in-memory assignment store: assignments last until the process ends, and the least recently used one is evicted
    /// when the store is full.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="capacity">The maximum number of assignments: at least 1. Default: 100,000.</param>
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

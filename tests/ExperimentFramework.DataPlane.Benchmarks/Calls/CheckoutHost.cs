using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>A container with the data plane in it, and a destination that does nothing.</summary>
public sealed class CheckoutHost : IDisposable
{
    /// <summary>Room for several bursts, so that nothing is dropped.</summary>
    private const int Room = 16_384;

    private readonly ServiceProvider _services;

    public CheckoutHost(Func<TrialBuilder<ICheckout>, TrialBuilder<ICheckout>> trial, Action<DataPlaneOptions>? options = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Checkout>().AddSingleton<OtherCheckout>();
        services.AddDataBackplane(data =>
        {
            data.MaxQueueSize = Room;

            // A batch is larger than a burst: the worker runs between bursts, not beside them.
            data.BatchSize = Room;
            options?.Invoke(data);
        });
        services.AddSingleton<IDataBackplane>(Destination);
        services.AddInMemoryAssignmentStore();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<ICheckout>(checkout =>
        {
            checkout.AddControl<Checkout>().AddVariant<OtherCheckout>("other");
            trial(checkout);
        }));
        _services = services.BuildServiceProvider();
    }

    public DiscardingBackplane Destination { get; } = new();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Drain() => Get<IEventPublisher>().FlushAsync().AsTask().GetAwaiter().GetResult();

    public void Dispose() => _services.Dispose();
}

using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>A container with the data plane in it, and a destination that does nothing.</summary>
public sealed class CheckoutHost : IDisposable
{
    /// <summary>Room for several bursts, so that nothing is dropped.</summary>
    private const int Room = 16_384;

    public CheckoutHost(Func<TrialBuilder<ICheckout>, TrialBuilder<ICheckout>> trial, Action<DataPlaneOptions>? options = null, IEnumerable<string>? named = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Checkout>().AddSingleton<OtherCheckout>();
        services.AddDataBackplane(data =>
        {
            data.MaxQueueSize = Room;

            // A batch is larger than a burst: the worker runs between bursts, not beside them.
            data.BatchSize = Room;

            // What is received is counted: an account would be one event more. Counting for accounts goes on.
            data.EnableAccountingEvents = false;
            options?.Invoke(data);
        });
        services.AddSingleton<IDataBackplane>(Destination);
        services.AddInMemoryAssignmentStore();
        services.AddExperimentFramework(experiments =>
        {
            experiments.WithExposureLogging().Trial<ICheckout>(Configure);
            foreach (var name in named ?? [])
            {
                experiments.Trial<ICheckout>(name, Configure);
            }
        });
        Services = services.BuildServiceProvider();

        void Configure(TrialBuilder<ICheckout> checkout) => trial(checkout.AddControl<Checkout>().AddVariant<OtherCheckout>("other"));
    }

    public ServiceProvider Services { get; }

    public DiscardingBackplane Destination { get; } = new();

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Waits on the thread, because what BenchmarkDotNet calls before an iteration is synchronous.</summary>
    public void Drain() => Get<IEventPublisher>().FlushAsync().AsTask().GetAwaiter().GetResult();

    public void Dispose() => Services.Dispose();
}

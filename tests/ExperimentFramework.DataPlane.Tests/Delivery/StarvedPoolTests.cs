using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Callers that block the thread pool do not block the workers that make room for them.</summary>
[CollectionDefinition(nameof(StarvedPool), DisableParallelization = true)]
public sealed class StarvedPool;

[Collection(nameof(StarvedPool))]
public sealed class StarvedPoolTests
{
    [Fact]
    public async Task A_hundred_callers_on_the_pool_and_room_for_four_lose_nothing()
    {
        const int Callers = 100;
        const int Calls = 20;
        var backplane = new CountingBackplane();
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(backplane);
        services.AddDataBackplane(options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (4, 1, false);
            options.FailureMode = BackplaneFailureMode.Block;
            options.RequiredDestinations.Add(nameof(CountingBackplane));
            options.BlockTimeout = TimeSpan.FromSeconds(5);
        });
        await using var provider = services.BuildServiceProvider();
        var publisher = provider.GetRequiredService<EventPublisher>();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Calls; i++)
            {
                publisher.Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Thread, CancellationToken.None));
            }
        })));
        await publisher.FlushAsync();

        Assert.Equal((0L, Callers * Calls), (provider.GetRequiredService<DropLedger>().Lost, backplane.Published));
    }
}

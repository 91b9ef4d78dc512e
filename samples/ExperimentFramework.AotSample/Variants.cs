using System.Runtime.CompilerServices;
using ExperimentFramework.AotSample.Contracts;

namespace ExperimentFramework.AotSample;

internal sealed class ListPricing : IPricing
{
    public decimal Price(string user, string country) => 10m;

    public ValueTask<decimal> PriceAsync(string user, CancellationToken cancellationToken) => ValueTask.FromResult(10m);

    public ref decimal Rebate(string user, ref decimal rebate) => ref rebate;

    public async IAsyncEnumerable<decimal> PricesAsync(string user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return 10m;
    }
}

/// <summary>Answers once and then breaks, so that control has to answer for it.</summary>
internal sealed class DynamicPricing : IPricing
{
    public decimal Price(string user, string country) => 12m;

    public ValueTask<decimal> PriceAsync(string user, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The model is not loaded.");

    public ref decimal Rebate(string user, ref decimal rebate)
    {
        rebate += 1m;
        return ref rebate;
    }

    public async IAsyncEnumerable<decimal> PricesAsync(string user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return 12m;
    }
}

internal readonly record struct Order(int Number);

internal sealed class OrderRepository : IRepository<Order>
{
    public Order Load(Guid id, string tenant) => new(1);
}

internal sealed class CachedOrderRepository : IRepository<Order>
{
    public Order Load(Guid id, string tenant) => new(2);
}

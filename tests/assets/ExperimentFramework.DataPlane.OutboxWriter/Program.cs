using System.Globalization;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection;

// Publishes to a destination that is down, and prints the number of each event once the pipeline has answered for it, until it
// is killed. Arguments: the outbox's path and the first number.
var services = new ServiceCollection();
services.AddSingleton<IDataBackplane, DownBackplane>();
services.AddSqliteOutbox(args[0]);
await using var provider = services.BuildServiceProvider();
var publisher = provider.GetRequiredService<IEventPublisher>();
for (var number = long.Parse(args[1], CultureInfo.InvariantCulture); ; number++)
{
    await publisher.PublishAsync(new ExposureEvent
    {
        ExperimentName = "exp",
        VariantKey = "b",
        SubjectId = number.ToString(CultureInfo.InvariantCulture),
        SelectionReason = "test",
        Timestamp = DateTimeOffset.UtcNow,
    });
    if (number % 7 == 0)
    {
        // Delivered, dropped or in the outbox: this destination leaves the last.
        await publisher.FlushAsync();
        // Long lines: the pipe holds few of them, so on a busy machine the writer waits for its reader instead of filling the disk.
        Console.WriteLine(number.ToString(CultureInfo.InvariantCulture).PadLeft(1_000));
    }
}

internal sealed class DownBackplane : IDataBackplane
{
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => throw new IOException("down");

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
}

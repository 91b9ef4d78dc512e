using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Kafka.Tests;

internal static class TestEvents
{
    /// <summary>Exposures of subjects in turn; those of one have rising numbers in their allocation version.</summary>
    public static DataPlaneEnvelope[] Exposures(int count, int first = 0, int subjects = 10) => [.. Enumerable.Range(first, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with
        {
            SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{number % subjects}"),
            AllocationVersion = number.ToString(CultureInfo.InvariantCulture),
        }))];

    /// <summary>An exposure whose JSON is about as large.</summary>
    public static DataPlaneEnvelope OfSize(int bytes, string subject) => SampleEvents.Envelope(
        SampleEvents.Exposure with { SubjectId = subject, Attributes = new Dictionary<string, object?> { ["text"] = new string('x', bytes) } });

    public static IEnumerable<DeliveryStatus> Statuses(this BatchResult result, int count) => Enumerable.Range(0, count).Select(index => result[index]);

    /// <summary>Publishes until all is delivered, as the pipeline does.</summary>
    public static async Task DeliveredAsync(this IDataBackplane backplane, DataPlaneEnvelope[] events)
    {
        var left = events;
        Exception? error = null;
        try
        {
            await Eventually.Holds(async () =>
            {
                var result = await backplane.PublishAsync(left, TestContext.Current.CancellationToken);
                error = result.Error;
                Assert.DoesNotContain(DeliveryStatus.PermanentFailure, result.Statuses(left.Length));
                left = [.. left.Where((_, index) => result[index] != DeliveryStatus.Delivered)];
                return left.Length == 0;
            });
        }
        catch (Xunit.Sdk.XunitException) when (error is not null)
        {
            Assert.Fail(error.ToString());
        }
    }
}

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A small queue that callers wait at, because the destination that is required does not take its events.</summary>
internal static class FullQueue
{
    public const int Size = 8;

    public static void Configure(DataPlaneOptions options)
    {
        (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (Size, 1, false);
        options.FailureMode = BackplaneFailureMode.Block;
        options.RequiredDestinations.Add(nameof(RecordingBackplane));
    }

    /// <summary>Fills the destination's queue and the callers' queue, whose places are taken until their events are in the destination's.</summary>
    public static async Task FillAsync(DataPlaneFixture fixture)
    {
        for (var i = 0; i < 2 * Size; i++)
        {
            var written = fixture.Get<EventPublisher>().Write(SampleEvents.Exposure with { SubjectId = $"filler-{i}" }, new EnqueueWait(WaitMode.Task, CancellationToken.None));
            Assert.True(written.PendingAdmission is null || await written.PendingAdmission);
        }
    }
}

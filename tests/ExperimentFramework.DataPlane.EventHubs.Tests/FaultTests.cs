using Amqp.Framing;
using Amqp.Types;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>While a hub cannot be used no event is refused, each has its answer, and operators are given the reason.</summary>
public sealed class FaultTests : IDisposable
{
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(2);

    private readonly HubServer _server = HubServer.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Refusals => new()
    {
        { nameof(HubAnswer.Busy), "Event Hubs is busy or throttles the namespace" },
        { nameof(HubAnswer.NotFound), "The event hub does not exist. Create it, or correct its name" },
        { nameof(HubAnswer.Unauthorized), "Event Hubs refuses the credentials." },
        { nameof(HubAnswer.TooLarge), "Event Hubs cannot be reached, or did not accept a message." },
        { nameof(HubAnswer.Detach), "Event Hubs " },
        { nameof(HubAnswer.Cut), "Event Hubs " },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_message_is_tried_again_and_the_reason_names_the_hub_and_quotes_nothing(string refusal, string reason)
    {
        var answer = (HubAnswer)typeof(HubAnswer).GetProperty(refusal)!.GetValue(null)!;
        _server.Answer = number => number == 0 ? answer : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server);
        var events = TestClient.Exposures(0, 5, subjects: 1);

        var result = await backplane.PublishAsync(events, Token);

        Assert.All(result.Statuses(5), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.StartsWith(reason, result.Error!.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(event hub '{HubServer.Hub}' of 127.0.0.1).", result.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True(SafeText.IsOwn(result.Error));
        Assert.Equal(result.Error.Message, (await backplane.HealthAsync(Token)).Description);
        await Eventually.Holds(async () => (await backplane.PublishAsync(events, Token)).Error is null);
        Assert.Equal(Enumerable.Range(0, 5), _server.Messages.Select(TestClient.NumberOf));
        Assert.True(await backplane.HealthAsync(Token) is { IsHealthy: true, IsDegraded: false });
    }

    [Fact]
    public async Task A_link_that_is_detached_in_the_middle_of_a_batch_leaves_an_answer_for_each_event()
    {
        _server.Answer = number => number == 3 ? HubAnswer.Detach : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server, new() { MaxConcurrentSends = 1 });
        var events = TestClient.Exposures(0, 10, subjects: 10);

        var result = await backplane.PublishAsync(events, Token);

        var delivered = Enumerable.Range(0, 10).Where(index => result[index] == DeliveryStatus.Delivered).ToList();
        Assert.Equal([0, 1, 2], delivered.Take(3));
        Assert.DoesNotContain(3, delivered);
        Assert.Equal(delivered, _server.Messages.Select(TestClient.NumberOf));
        Assert.NotNull(result.Error);
        var left = events.Where((_, index) => !delivered.Contains(index)).ToArray();
        await Eventually.Holds(async () => (await backplane.PublishAsync(left, Token)).Error is null);
        Assert.Equal(Enumerable.Range(0, 10), _server.Messages.Select(TestClient.NumberOf).Order());
    }

    [Fact]
    public async Task Subjects_whose_partition_fails_do_not_hold_up_the_others()
    {
        _server.Answer = number => number is 1 or 2 or 4 or 5 ? HubAnswer.Busy : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server, new() { MaxConcurrentSends = 1 });

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 10, subjects: 10), Token);

        Assert.Equal([0, 3, 6, 7, 8, 9], Enumerable.Range(0, 10).Where(index => result[index] == DeliveryStatus.Delivered));
        Assert.Equal([0, 3, 6, 7, 8, 9], _server.Messages.Select(TestClient.NumberOf));
        Assert.StartsWith("Event Hubs is busy", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(HubAnswer.Unauthorized), 1)]
    [InlineData(nameof(HubAnswer.NotFound), 1)]
    [InlineData(nameof(HubAnswer.Busy), 3)]
    public async Task A_hub_that_cannot_be_used_is_not_sent_the_rest_of_a_batch(string refusal, int transfers)
    {
        var answer = (HubAnswer)typeof(HubAnswer).GetProperty(refusal)!.GetValue(null)!;
        _server.Answer = _ => answer;
        await using var backplane = TestClient.Open(_server, new() { MaxConcurrentSends = 1 });

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 10, subjects: 10), Token);

        Assert.All(result.Statuses(10), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(transfers, _server.Transfers);
    }

    [Fact]
    public async Task After_a_failure_the_later_events_of_its_subject_wait_too()
    {
        _server.Answer = number => number == 1 ? HubAnswer.Busy : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server);
        var text = new string('x', 400_000);
        var events = TestClient.Exposures(0, 8, subjects: 1).Select(envelope => envelope with
        {
            Payload = (ExposureEvent)envelope.Payload with { Attributes = new Dictionary<string, object?> { ["text"] = text } },
        }).ToArray();

        var result = await backplane.PublishAsync(events, Token);

        var delivered = _server.Messages.Count;
        Assert.InRange(delivered, 1, 3);
        Assert.Equal(
            [.. Enumerable.Repeat(DeliveryStatus.Delivered, delivered), .. Enumerable.Repeat(DeliveryStatus.TransientFailure, 8 - delivered)], result.Statuses(8));
    }

    [Fact]
    public async Task An_answer_that_is_lost_leaves_the_event_to_be_sent_again_under_its_id()
    {
        _server.Answer = number => number == 0 ? HubAnswer.LoseAnswer : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server);
        var events = TestClient.Exposures(0, 1);

        Assert.Equal(DeliveryStatus.TransientFailure, (await backplane.PublishAsync(events, Token))[0]);
        await Eventually.Holds(async () => (await backplane.PublishAsync(events, Token)).Error is null);

        Assert.InRange(_server.Messages.Count, 2, int.MaxValue);
        Assert.Equal(events[0].EventId.ToString(), Assert.Single(_server.Messages.Select(message => message.MessageId).Distinct()));
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_is_given_up_after_the_send_timeout()
    {
        _server.Answer = number => number == 0 ? HubAnswer.Hang : HubAnswer.Accept;
        await using var backplane = TestClient.Open(_server, new() { SendTimeout = Impatience }, Impatience);

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 1), Token);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Equal(
            $"Event Hubs did not answer within 2 s. If it needs longer, raise SendTimeout, and keep it below DataPlaneOptions.PublishTimeout (event hub '{HubServer.Hub}' of 127.0.0.1).", result.Error!.Message);
    }

    [Fact]
    public async Task A_time_out_of_the_applications_own_client_names_the_setting_of_that_client()
    {
        _server.Answer = number => number == 0 ? HubAnswer.Hang : HubAnswer.Accept;
        await using var client = TestClient.Connect(_server, Impatience);
        await using var backplane = new EventHubsAmqpDataBackplane(client);

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 1), Token);

        Assert.Equal(
            $"Event Hubs did not answer within the RetryOptions.TryTimeout of the client. If it needs longer, raise that, and keep it below DataPlaneOptions.PublishTimeout (event hub '{HubServer.Hub}' of 127.0.0.1).",
            result.Error!.Message);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_answer_and_nothing_is_claimed_to_be_delivered()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = _ =>
        {
            hanging.TrySetResult();
            return HubAnswer.Hang;
        };
        await using var backplane = TestClient.Open(_server);

        var publishing = backplane.PublishAsync(TestClient.Exposures(0, 3), caller.Token);
        await hanging.Task.WaitAsync(Token);
        await caller.CancelAsync();

        var result = await publishing;
        Assert.All(result.Statuses(3), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.IsAssignableFrom<OperationCanceledException>(result.Error);
    }

    [Fact]
    public async Task A_hub_that_does_not_exist_is_an_outage_that_ends_when_it_is_created()
    {
        _server.AttachError = new Error(new Symbol("amqp:not-found")) { Description = HubAnswer.MissingHub };
        await using var backplane = TestClient.Open(_server);

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 3), Token);
        _server.AttachError = null;

        Assert.All(result.Statuses(3), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.StartsWith("The event hub does not exist.", result.Error!.Message, StringComparison.Ordinal);
        await Eventually.Holds(async () => (await backplane.PublishAsync(TestClient.Exposures(0, 3), Token)).Error is null);
    }

    [Fact]
    public async Task Refused_credentials_are_an_outage_and_make_health_unhealthy()
    {
        _server.TokenStatus = 401;
        await using var backplane = TestClient.Open(_server);

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 3), Token);
        var health = await backplane.HealthAsync(Token);

        Assert.All(result.Statuses(3), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.StartsWith("Event Hubs refuses the credentials.", result.Error!.Message, StringComparison.Ordinal);
        Assert.False(health.IsHealthy);
        Assert.StartsWith("Event Hubs refuses the credentials.", health.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", result.Error + health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_an_outage_that_ends_when_it_can()
    {
        await using var backplane = TestClient.Open(_server);
        Assert.Null((await backplane.PublishAsync(TestClient.Exposures(0, 2), Token)).Error);
        _server.Dispose();

        var result = await backplane.PublishAsync(TestClient.Exposures(2, 2), Token);
        var health = await backplane.HealthAsync(Token);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.StartsWith("Event Hubs ", result.Error!.Message, StringComparison.Ordinal);
        Assert.False(health.IsHealthy);
        using var later = HubServer.Start(_server.Port);
        await Eventually.Holds(async () => (await backplane.PublishAsync(TestClient.Exposures(2, 2), Token)).Error is null);
        Assert.Equal([2, 3], later.Messages.Select(TestClient.NumberOf).Distinct().Order());
    }

    public void Dispose() => _server.Dispose();
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>While ids are redacted, operators still see why something fails, and never a text that may name a person.</summary>
public sealed class ExceptionTextTests
{
    private static readonly ExceptionSanitizer Withheld = new(areWithheld: true);

    public static TheoryData<Exception, string> Shown => new()
    {
        { new IOException("disk full"), "System.IO.IOException: disk full" },
        { new IOException("There is not enough space on the disk."), "System.IO.IOException: There is not" },
        { new TimeoutException("The operation has timed out."), "System.TimeoutException: The operation has timed out." },
        { new TaskCanceledException("A task was canceled."), "System.Threading.Tasks.TaskCanceledException: A task was canceled." },
        { new SocketException((int)SocketError.ConnectionRefused), "System.Net.Sockets.SocketException: ConnectionRefused" },
        { new HttpRequestException("user-1", null, HttpStatusCode.ServiceUnavailable), "System.Net.Http.HttpRequestException: 503 ServiceUnavailable" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "user-1"), "System.Net.Http.HttpRequestException: NameResolutionError" },
        { new Database("SQLite Error 13: 'database or disk is full'."), "SQLite Error 13: 'database or disk is full'." },
        { SafeText.Own(new TimeoutException("Kafka did not answer within 00:00:30.")), "Kafka did not answer within 00:00:30." },
        { new AggregateException(new IOException("user-1"), new IOException("disk full")), "<- System.IO.IOException <- System.IO.IOException: disk full (message withheld" },
        { new InvalidOperationException("user-1", new SocketException((int)SocketError.HostNotFound)), "System.InvalidOperationException <- System.Net.Sockets.SocketException: HostNotFound (message withheld: ids are redacted)" },
        { SafeText.Own(new TimeoutException("Kafka did not answer.", new ArgumentException("user-1"))), "System.TimeoutException: Kafka did not answer. <- System.ArgumentException (message withheld" },
    };

    public static TheoryData<Exception> NotShown =>
    [
        new IOException("user-1"),
        new IOException("cannot read user-1"),
        new IOException("disk full: 'user-1'"),
        new IOException("disk full 13"),
        new IOException("error 12345"),
        new IOException("error user-1"),
        new FileNotFoundException("Could not find file '/data/user-1'."),
        new TimeoutException("user-1"),
        new OperationCanceledException("user-1"),
        new UnauthorizedAccessException("Access to the path '/data/user-1' is denied."),
        new InvalidOperationException("disk full"),
        new KeyNotFoundException("The given key 'user-1' was not present in the dictionary."),
        new FormatException("The input string 'user-1' was not in a correct format."),
        new HttpRequestException("user-1"),
        new Throwing(),
        new AggregateException(new IOException("user-1")),
        new Database("duplicate key user-1"),
    ];

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_text_that_cannot_name_a_person_is_shown(Exception exception, string expected)
    {
        Assert.Contains(expected, Withheld.MessageOf(exception), StringComparison.Ordinal);
        Assert.DoesNotContain("user-1", Withheld.Sanitize(exception)!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NotShown))]
    public void Any_other_text_is_withheld_with_the_types_in_its_place(Exception exception)
    {
        var safe = Withheld.Sanitize(exception)!;

        Assert.StartsWith(exception.GetType().FullName!, safe.Message, StringComparison.Ordinal);
        Assert.EndsWith("(message withheld: ids are redacted)", safe.Message, StringComparison.Ordinal);
        foreach (var text in new[] { "user-1", "disk", "12345" })
        {
            Assert.DoesNotContain(text, safe.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_the_system_says_about_a_failed_call_is_shown_without_the_path()
    {
        var missing = Path.Combine(Path.GetTempPath(), $"user-1-{Guid.NewGuid():N}");
        var exception = Record.Exception(() => File.ReadAllText(Path.Combine(missing, "none")))!;
        var full = new IOException($"No space left on device : '{missing}'", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

        Assert.DoesNotContain("user-1", Withheld.MessageOf(exception), StringComparison.Ordinal);
        Assert.DoesNotContain("user-1", Withheld.MessageOf(full), StringComparison.Ordinal);
        Assert.Contains("space", Withheld.MessageOf(full), StringComparison.Ordinal);
        Assert.DoesNotContain("withheld", Withheld.MessageOf(full), StringComparison.Ordinal);
    }

    [Fact]
    public void A_withheld_text_keeps_the_place_where_it_was_thrown()
    {
        try
        {
            throw new InvalidOperationException("user-1");
        }
        catch (InvalidOperationException exception)
        {
            Assert.Contains(nameof(A_withheld_text_keeps_the_place_where_it_was_thrown), Withheld.Sanitize(exception)!.StackTrace, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_redaction_everything_is_shown()
    {
        var exception = new InvalidOperationException("user-1");

        Assert.Same(exception, ExceptionSanitizer.PassThrough.Sanitize(exception));
        Assert.Equal("user-1", ExceptionSanitizer.PassThrough.MessageOf(exception));
        Assert.Null(ExceptionSanitizer.PassThrough.Sanitize(null));
        Assert.Null(Withheld.Sanitize(null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_that_throws_when_it_is_read_is_described_by_its_type(bool areWithheld)
    {
        var texts = new ExceptionSanitizer(areWithheld);

        Assert.StartsWith(typeof(Throwing).FullName!, texts.MessageOf(new Throwing()), StringComparison.Ordinal);
        Assert.StartsWith(typeof(Throwing).FullName!, texts.Sanitize(new Throwing())!.Message, StringComparison.Ordinal);
        Assert.Null(texts.Sanitize(new Throwing())!.StackTrace);
        Assert.Contains(typeof(Throwing).FullName!, texts.MessageOf(new AggregateException(new Throwing())), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_without_a_message_is_described_by_its_type() =>
        Assert.StartsWith(typeof(Silent).FullName!, ExceptionSanitizer.PassThrough.MessageOf(new Silent()), StringComparison.Ordinal);

    [Fact]
    public void Many_nested_exceptions_are_described_up_to_a_bound()
    {
        Exception nested = new IOException("disk full");
        for (var i = 0; i < 10_000; i++)
        {
            nested = new InvalidOperationException("user-1", nested);
        }

        Assert.InRange(Withheld.MessageOf(nested).Length, 1, 1_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_operator_sees_a_full_disk_and_a_destination_that_does_not_answer(bool isLate)
    {
        var destination = new ScriptedBackplane(async (_, token) =>
        {
            await (isLate ? Task.Delay(Timeout.InfiniteTimeSpan, token) : Task.FromException(new IOException("disk full")));
            return BatchResult.Delivered;
        });
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IAccounts>(trial => trial.AddControl<Accounts>()),
            options =>
            {
                options.PublishTimeout = TimeSpan.FromSeconds(2);
                options.PiiRedaction.SubjectId = RedactionMode.Omit;
            },
            services => services.AddSingleton<Accounts>().AddSingleton<IDataBackplane>(destination));

        fixture.Get<IAccounts>().Open("t", "user-1", "e", "s", new Dictionary<string, object?>(), "p");
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());
        var health = await fixture.Get<IEventPublisher>().HealthAsync(TestContext.Current.CancellationToken);

        var expected = isLate ? "ScriptedBackplane did not respond within 00:00:02." : "System.IO.IOException: disk full";
        Assert.Contains(health.Diagnostics, entry => entry.Key.EndsWith(":last_error", StringComparison.Ordinal) && ((string)entry.Value).Contains(expected, StringComparison.Ordinal));
        Assert.Contains(fixture.Logs, record => record.Level == LogLevel.Error && record.Exception?.Message.Contains(expected, StringComparison.Ordinal) == true);
    }

    private sealed class Database(string message) : System.Data.Common.DbException(message);

    private sealed class Throwing : IOException
    {
        public override string Message => throw new InvalidOperationException("user-1");

        public override string? StackTrace => throw new InvalidOperationException("user-1");

        public override System.Collections.IDictionary Data => throw new InvalidOperationException("user-1");
    }

    private sealed class Silent : Exception
    {
        public override string Message => null!;

        public override string ToString() => "silent";
    }
}

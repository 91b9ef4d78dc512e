namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP3007: which values identify nobody.</summary>
public sealed class VolatileValueTests
{
    private const string IsNew = "is new on every call";
    private const string IsDate = "is the current date or time";

    private const string Types = """
        using System;
        using System.Diagnostics;
        using System.Globalization;
        using System.Security.Cryptography;
        using ExperimentFramework.DataPlane;

        namespace Microsoft.AspNetCore.Http
        {
            public abstract class HttpContext { public string TraceIdentifier { get; set; } = ""; public ConnectionInfo Connection => null!; }
            public abstract class ConnectionInfo { public string Id { get; set; } = ""; }
        }

        [ExposureLogged("a")] public interface IService { void Run([ExposureSubject] string? user); void At([ExposureSubject] Guid user, string other); void Count([ExposureSubject] long user); }

        """;

    /// <summary>A value with each member of the tables of <see cref="VolatileValue"/>, and what is reported.</summary>
    public static TheoryData<string, string, string> Members => new()
    {
        { "Guid.NewGuid", "Guid.NewGuid()", IsNew },
        { "Guid.CreateVersion7", "Guid.CreateVersion7()", IsNew },
        { "TimeProvider.GetTimestamp", "TimeProvider.System.GetTimestamp()", IsNew },
        { "Random.Next", "Random.Shared.Next()", IsNew },
        { "Random.NextInt64", "Random.Shared.NextInt64()", IsNew },
        { "Random.NextDouble", "Random.Shared.NextDouble()", IsNew },
        { "Random.NextSingle", "Random.Shared.NextSingle()", IsNew },
        { "Random.GetString", "Random.Shared.GetString(\"abc\", 8)", IsNew },
        { "Random.GetHexString", "Random.Shared.GetHexString(8)", IsNew },
        { "RandomNumberGenerator.GetInt32", "RandomNumberGenerator.GetInt32(100)", IsNew },
        { "RandomNumberGenerator.GetBytes", "Convert.ToHexString(RandomNumberGenerator.GetBytes(16))", IsNew },
        { "RandomNumberGenerator.GetString", "RandomNumberGenerator.GetString(\"abc\", 8)", IsNew },
        { "RandomNumberGenerator.GetHexString", "RandomNumberGenerator.GetHexString(16)", IsNew },
        { "Stopwatch.GetTimestamp", "Stopwatch.GetTimestamp()", IsNew },
        { "Activity.Id", "Activity.Current!.Id", IsNew },
        { "Activity.TraceId", "Activity.Current?.TraceId", IsNew },
        { "Activity.SpanId", "Activity.Current?.SpanId", IsNew },
        { "Environment.TickCount", "Environment.TickCount", IsNew },
        { "Environment.TickCount64", "Environment.TickCount64", IsNew },
        { "Path.GetRandomFileName", "System.IO.Path.GetRandomFileName()", IsNew },
        { "HttpContext.TraceIdentifier", "http.TraceIdentifier", IsNew },
        { "ConnectionInfo.Id", "http.Connection.Id", IsNew },
        { "DateTime.Now", "DateTime.Now", IsNew },
        { "DateTime.UtcNow", "DateTime.UtcNow", IsNew },
        { "DateTimeOffset.Now", "DateTimeOffset.Now", IsNew },
        { "DateTimeOffset.UtcNow", "DateTimeOffset.UtcNow", IsNew },
        { "TimeProvider.GetUtcNow", "TimeProvider.System.GetUtcNow()", IsNew },
        { "TimeProvider.GetLocalNow", "TimeProvider.System.GetLocalNow()", IsNew },
        { "String.GetHashCode", "user.GetHashCode()", "is a hash code, which differs in each process" },
        { "HashCode.Combine", "HashCode.Combine(user, 1)", "is a hash code, which differs in each process" },
        { "HashCode.ToHashCode", "new HashCode().ToHashCode()", "is a hash code, which differs in each process" },
        { "Replace", "Guid.NewGuid().ToString().Replace(\"-\", \"\")", IsNew },
        { "Trim", "Guid.NewGuid().ToString().Trim()", IsNew },
        { "PadLeft", "Random.Shared.Next().ToString().PadLeft(9)", IsNew },
        { "ToLower", "Guid.NewGuid().ToString().ToLower()", IsNew },
        { "ToUpper", "Guid.NewGuid().ToString().ToUpper()", IsNew },
        { "ToLowerInvariant", "Guid.NewGuid().ToString().ToLowerInvariant()", IsNew },
        { "ToUpperInvariant", "Guid.NewGuid().ToString().ToUpperInvariant()", IsNew },
        { "ToByteArray", "Convert.ToBase64String(Guid.NewGuid().ToByteArray())", IsNew },
        { "ToHexString", "Activity.Current!.TraceId.ToHexString()", IsNew },
        { "ToUnixTimeMilliseconds", "DateTimeOffset.Now.ToUnixTimeMilliseconds()", IsNew },
        { "ToUnixTimeSeconds", "DateTimeOffset.Now.ToUnixTimeSeconds()", IsNew },
        { "ToUniversalTime", "DateTime.Now.ToUniversalTime()", IsNew },
        { "ToLocalTime", "DateTime.UtcNow.ToLocalTime()", IsNew },
        { "GetHashCode", "Guid.NewGuid().GetHashCode()", IsNew },
        { "Ticks", "DateTime.UtcNow.Ticks", IsNew },
        { "UtcTicks", "DateTimeOffset.Now.UtcTicks", IsNew },
        { "DateTime", "DateTimeOffset.Now.DateTime", IsNew },
        { "UtcDateTime", "DateTimeOffset.Now.UtcDateTime", IsNew },
        { "LocalDateTime", "DateTimeOffset.Now.LocalDateTime", IsNew },
        { "TimeOfDay", "DateTime.UtcNow.TimeOfDay", IsNew },
        { "Minute", "DateTime.UtcNow.Minute", IsNew },
        { "Second", "DateTimeOffset.UtcNow.Second", IsNew },
        { "Millisecond", "TimeOnly.FromDateTime(DateTime.Now).Millisecond", IsNew },
        { "Microsecond", "DateTime.UtcNow.Microsecond", IsNew },
        { "Nanosecond", "DateTime.UtcNow.Nanosecond", IsNew },
        { "Minutes", "DateTime.UtcNow.TimeOfDay.Minutes", IsNew },
        { "Seconds", "DateTime.UtcNow.TimeOfDay.Seconds", IsNew },
        { "Milliseconds", "DateTime.UtcNow.TimeOfDay.Milliseconds", IsNew },
        { "Microseconds", "DateTime.UtcNow.TimeOfDay.Microseconds", IsNew },
        { "Nanoseconds", "DateTime.UtcNow.TimeOfDay.Nanoseconds", IsNew },
        { "TotalDays", "(DateTime.UtcNow - DateTime.UnixEpoch).TotalDays", IsNew },
        { "TotalHours", "(DateTime.UtcNow - DateTime.UnixEpoch).TotalHours", IsNew },
        { "TotalMinutes", "(DateTime.UtcNow - DateTime.UnixEpoch).TotalMinutes", IsNew },
        { "TotalSeconds", "DateTime.UtcNow.Subtract(DateTime.UnixEpoch).TotalSeconds", IsNew },
        { "TotalMilliseconds", "DateTimeOffset.UtcNow.Subtract(TimeSpan.FromHours(1)).TimeOfDay.TotalMilliseconds", IsNew },
        { "TotalMicroseconds", "DateTime.UtcNow.TimeOfDay.TotalMicroseconds", IsNew },
        { "TotalNanoseconds", "DateTime.UtcNow.TimeOfDay.TotalNanoseconds", IsNew },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_member_that_identifies_nobody_is_reported(string member, string value, string fault)
    {
        Assert.Contains(member.Split('.')[^1], value, StringComparison.Ordinal);
        await ExpectAsync($"s.Run([|\"id-\" + {value}|])", fault);
        await ExpectAsync($"s.Run([|$\"{{user}}-{{{value}}}\"|])", fault);
    }

    [Fact]
    public void Every_member_that_identifies_nobody_is_tested() => Assert.Equal(
        new[] { VolatileValue.New, VolatileValue.Times, VolatileValue.Seeded }.SelectMany(table => table).Select(entry => $"{entry.Type.Split('.')[^1]}.{entry.Member}")
            .Concat(VolatileValue.Keeping)
            .Concat(VolatileValue.Precise)
            .Order(StringComparer.Ordinal),
        Members.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("s.Run([|Guid.NewGuid().ToString(\"n\").Substring(8)|])", IsNew)]
    [InlineData("s.Run([|$\"user-{Guid.NewGuid():n}\"|])", IsNew)]
    [InlineData("s.Count([|Random.Shared.NextInt64()|])", IsNew)]
    [InlineData("s.Count([|Environment.TickCount|])", IsNew)]
    [InlineData("s.At(other: \"\", user: [|Guid.NewGuid()|])", IsNew)]
    [InlineData("s.Run([|DateTime.Now.AddDays(1).ToString(\"yyyyMMddHHmm\")|])", IsNew)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"s\", System.Globalization.CultureInfo.InvariantCulture)|])", IsNew)]
    [InlineData("s.Run([|$\"{user}-{DateTime.UtcNow:o}\"|])", IsNew)]
    [InlineData("s.Run([|string.Concat(user, \"-\", Guid.NewGuid().ToString())|])", IsNew)]
    [InlineData("s.Run([|string.Format(System.Globalization.CultureInfo.InvariantCulture, \"{0}-{1}\", user, Guid.NewGuid())|])", IsNew)]
    [InlineData("s.Run([|System.Diagnostics.Activity.Current?.TraceId.ToString()|])", IsNew)]
    [InlineData("s.Run([|Guid.NewGuid().ToString(\"n\").Remove(8).Trim().ToUpper()|])", IsNew)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"\")|])", IsNew)]
    [InlineData("s.Run([|$\"{user}-{DateTime.UtcNow.ToString(\"\")}\"|])", IsNew)]
    [InlineData("s.Run([|Guid.NewGuid().ToString()[..8]|])", IsNew)]
    [InlineData("s.Run([|Guid.NewGuid().ToString(\"n\")[^12..]|])", IsNew)]
    [InlineData("s.Run([|(\"u\" + Guid.NewGuid())[1..]|])", IsNew)]
    [InlineData("s.Run([|string.Join(\"-\", user, \"x\", Guid.NewGuid().ToString())|])", IsNew)]
    [InlineData("s.Run([|string.Join('-', [user, Guid.NewGuid().ToString()])|])", IsNew)]
    [InlineData("s.Run([|string.Concat([user, Guid.NewGuid().ToString()])|])", IsNew)]
    [InlineData("s.Run([|string.Format(\"{0}{1}{2}{3}\", user, 1, 2, Guid.NewGuid())|])", IsNew)]
    [InlineData("s.Run([|string.Format(\"{0}-{1,20:o}\", user, DateTime.UtcNow)|])", IsNew)]
    [InlineData("s.Run([|string.Format(\"{{{0}}}\", DateTime.UtcNow)|])", IsNew)]
    [InlineData("s.Run([|string.Format(format, user, Guid.NewGuid())|])", IsNew)]
    [InlineData("s.Run([|string.Create(CultureInfo.InvariantCulture, $\"{user}-{Guid.NewGuid():n}\")|])", IsNew)]
    [InlineData("s.Run([|string.Create(CultureInfo.InvariantCulture, $\"{user}-\" + $\"{DateTime.UtcNow:o}\")|])", IsNew)]
    [InlineData("s.Run([|FormattableString.Invariant($\"{user}-{Guid.NewGuid()}\")|])", IsNew)]
    [InlineData("s.Run([|FormattableString.CurrentCulture($\"{user}-{DateTime.UtcNow}\")|])", IsNew)]
    [InlineData("s.Count([|Environment.TickCount64 - 5|])", IsNew)]
    [InlineData("s.Run([|$\"{user}-{DateTime.UtcNow - DateTime.UnixEpoch}\"|])", IsNew)]
    [InlineData("s.Run([|string.Format(\"{0:yyyy-MM-dd}\", DateTime.UtcNow)|])", IsDate)]
    [InlineData("s.Run([|string.Format(\"{{{0:yyyy-MM-dd}}} {1}\", DateTime.UtcNow, 1)|])", IsDate)]
    [InlineData("s.Run([|string.Create(CultureInfo.InvariantCulture, $\"day {DateTime.UtcNow:yyyyMMdd}\")|])", IsDate)]
    [InlineData("s.Run([|FormattableString.Invariant($\"day {DateTime.UtcNow:yyyyMMdd}\")|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(format)|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"o\").Substring(0, 10)|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"o\").Remove(10)|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"o\")[..10]|])", IsDate)]
    [InlineData("s.Run([|$\"day-{DateTime.UtcNow:o}\"[..14]|])", IsDate)]
    [InlineData("s.Count([|DateTime.UtcNow.Date.Minute|])", IsDate)]
    [InlineData("s.Count([|DateTime.UtcNow.TimeOfDay.Hours|])", IsDate)]
    [InlineData("s.Run([|DateTime.Today.ToString()|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.Date.ToString(\"o\")|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"yyyy-MM-dd\")|])", IsDate)]
    [InlineData("s.Run([|DateTime.UtcNow.ToString(\"d\")|])", IsDate)]
    [InlineData("s.Run([|DateTimeOffset.Now.ToString(\"'from' yyyy HH\")|])", IsDate)]
    [InlineData("s.Run([|DateTime.Now.ToShortDateString()|])", IsDate)]
    [InlineData("s.Run([|DateTime.Now.ToLongDateString()|])", IsDate)]
    [InlineData("s.Run([|DateTime.Now.ToShortTimeString()|])", IsDate)]
    [InlineData("s.Run([|DateOnly.FromDateTime(DateTime.UtcNow).ToString()|])", IsDate)]
    [InlineData("s.Run([|TimeOnly.FromDateTime(DateTime.Now).Hour.ToString()|])", IsDate)]
    [InlineData("s.Run([|$\"day-{TimeProvider.System.GetLocalNow():yyyyMMdd}\"|])", IsDate)]
    [InlineData("s.Run([|\"day-\" + DateTime.Today.DayOfYear|])", IsDate)]
    [InlineData("s.Count([|DateTime.UtcNow.Year|])", IsDate)]
    [InlineData("s.Count([|DateTimeOffset.UtcNow.Date.Ticks|])", IsDate)]
    [InlineData("s.Run([|$\"u{HashCode.Combine(user, 1)}\"|])", "is a hash code, which differs in each process")]
    [InlineData("s.At([|Guid.Empty|], \"\")", "is the empty Guid")]
    [InlineData("s.At([|default|], \"\")", "is the empty Guid")]
    [InlineData("s.At([|new Guid()|], \"\")", "is the empty Guid")]
    [InlineData("s.Run([|Guid.Empty.ToString()|])", "is the empty Guid")]
    [InlineData("s.Run([|\"\"|])", "is empty")]
    [InlineData("s.Run([|null|])", "is empty")]
    [InlineData("s.Run([|string.Empty|])", "is empty")]
    public Task A_subject_that_identifies_nobody_is_reported(string call, string fault) => ExpectAsync(call, fault);

    [Theory]
    [InlineData("s.Run(user)")]
    [InlineData("s.Run(\"user-1\")")]
    [InlineData("s.Run($\"user-{user}\")")]
    [InlineData("s.At(Guid.Parse(user), Guid.NewGuid().ToString())")]
    [InlineData("{ var id = Guid.NewGuid().ToString(); s.Run(id); }")]
    [InlineData("s.Count(Random.Shared.GetHashCode())")]
    [InlineData("s.At(new Guid(user), \"\")")]
    [InlineData("Other(Guid.NewGuid().ToString())")]
    [InlineData("s.Run($\"{user}-{DateTime.UtcNow:yyyyMMdd}\")")]
    [InlineData("s.Run(user + DateTime.Today.DayOfYear)")]
    [InlineData("s.Run(string.Join('-', user, DateTime.Today))")]
    [InlineData("s.Run(string.Format(\"{0:yyyy-MM-dd}-{1}\", DateTime.UtcNow, user))")]
    [InlineData("s.Run(string.Format(\"{0}-{1,12:yyyy-MM-dd}\", user, DateTime.UtcNow))")]
    [InlineData("s.Run(string.Format(\"{0}-{1}-{2}-{3:yyyy-MM-dd}\", user, 1, 2, DateTime.UtcNow))")]
    [InlineData("s.Run(string.Format(\"{0}\", user, Guid.NewGuid()))")]
    [InlineData("s.Run(string.Format(\"{0}-{1}\", parts))")]
    [InlineData("s.Run(string.Format(format, user, DateTime.UtcNow))")]
    [InlineData("s.Run(string.Format(format, DateTime.UtcNow))")]
    [InlineData("s.Run($\"{user}-{DateTime.UtcNow.ToString(format)}\")")]
    [InlineData("s.Run(string.Create(CultureInfo.InvariantCulture, $\"{user}-{DateTime.UtcNow:yyyyMMdd}\"))")]
    [InlineData("s.Run(FormattableString.Invariant($\"{user}-{DateTime.UtcNow:yyyyMMdd}\"))")]
    [InlineData("s.Run(user + DateTime.UtcNow.ToString(\"o\").Substring(0, 10))")]
    [InlineData("s.Run(user + DateTime.UtcNow.ToString(\"o\")[..10])")]
    [InlineData("s.Run($\"{user}-{DateTime.UtcNow:o}\"[..10])")]
    [InlineData("s.Run($\"{user}-{Guid.NewGuid()}\".Substring(0, 10))")]
    [InlineData("s.Run(string.Join(\"-\", [user, .. parts]))")]
    [InlineData("s.Run(user[..8])")]
    [InlineData("s.Count(DateTime.Today.Subtract(new DateTime(user.Length)).Days)")]
    [InlineData("s.Run(new DateTime(2026, 1, 1).ToString(\"yyyy\"))")]
    [InlineData("s.Run(DateOnly.FromDateTime(new DateTime(2026, 1, 1)).ToString())")]
    [InlineData("s.Run(string.Format(\"{0}\", user))")]
    [InlineData("s.Count(Guid.NewGuid().ToString().Length)")]
    [InlineData("s.Run(user ?? Guid.NewGuid().ToString())")]
    public async Task A_subject_that_may_return_is_left_alone(string call) =>
        (await AnalyzerVerifier.OfProgramAsync(Types + $"public class C {{ void M(IService s, string user, string format, string[] parts) {(call[0] == '{' ? call : "=> " + call + ";")} static void Other(string user) {{ }} }}")).Expect();

    private static async Task ExpectAsync(string call, string fault)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(
            Types + $"public class C {{ void M(IService s, string user, string format, Microsoft.AspNetCore.Http.HttpContext http) => {call}; }}");

        analyzed.Expect("DP3007");
        Assert.StartsWith($"The subject id {fault}: ", analyzed.Message, StringComparison.Ordinal);
    }
}

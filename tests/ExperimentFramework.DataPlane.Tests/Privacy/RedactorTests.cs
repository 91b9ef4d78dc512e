namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>What a redactor of the application is given, and what leaves if it fails.</summary>
public sealed class RedactorTests
{
    [Fact]
    public void A_key_that_the_redactor_leaves_out_takes_its_value_along()
    {
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: new NoKeys());

        var redacted = (IReadOnlyDictionary<string, object?>)redacting.ApplyTo(new() { ["a"] = new Dictionary<string, object?> { ["key"] = "kept", ["other"] = "other value" } })["a"]!;

        Assert.Equal(["*other"], redacted.Keys);
        Assert.Equal("*other value", redacted["*other"]);
    }

    [Fact]
    public void A_redactor_that_fails_again_after_it_has_worked_for_a_while_is_logged_again()
    {
        var redactor = new LengthRedactor();
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: redactor);

        redactor.Failure = new InvalidOperationException();
        redacting.ApplyTo(new() { ["a"] = "x" });
        redactor.Failure = null;
        redacting.ApplyTo(new() { ["a"] = "x" });
        redacting.Time.Advance(TimeSpan.FromMinutes(2));
        redactor.Failure = new InvalidOperationException();
        redacting.ApplyTo(new() { ["a"] = "x" });

        Assert.Equal(2, redacting.Logger.Collector.Count);
    }

    [Fact]
    public void A_redactor_of_ones_own_sees_field_and_text_and_where_it_throws_the_placeholder_stands()
    {
        var redactor = new LengthRedactor();
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: redactor);

        Assert.Equal("a:4", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.Equal("a:3", redacting.ApplyTo(new() { ["a"] = 2.5m })["a"]);
        redactor.Failure = new InvalidOperationException("secret-value");

        Assert.Equal("[redacted]", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.Equal("[redacted]", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.DoesNotContain("secret-value", Assert.Single(redacting.Logger.Collector.GetSnapshot()).Exception!.ToString(), StringComparison.Ordinal);
    }

    private sealed class NoKeys : IExposureRedactor
    {
        public string? Redact(string field, string value) => value == "key" ? null : "*" + value;
    }
}

using System.Text;
using ExperimentFramework.DataPlane.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Privacy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>Half a surrogate pair has one meaning, U+FFFD, in memory, in JSON, in pseudonyms and in stores.</summary>
public sealed class WellFormedTextTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("plain", true)]
    [InlineData("D83D DE00", true)]
    [InlineData("a D83D DE00 b D83D DE00", true)]
    [InlineData("FFFD", true)]
    [InlineData("E000 D7FF", true)]
    [InlineData("D800", false)]
    [InlineData("a DC00", false)]
    [InlineData("DE00 D83D", false)]
    [InlineData("D83D DE00 D83D", false)]
    [InlineData("D83D a", false)]
    [InlineData("D83D D83D DE00", false)]
    public void Text_is_what_utf8_makes_of_it(string units, bool isWellFormed)
    {
        // Spelled out, because a test's arguments pass through UTF-8.
        var text = string.Concat(units.Split(' ').Select(unit => unit.Length == 4 ? ((char)Convert.ToInt32(unit, 16)).ToString() : unit));

        Assert.Equal(isWellFormed, WellFormedText.IsWellFormed(text));
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), WellFormedText.Of(text));
        Assert.Equal(isWellFormed, ReferenceEquals(text, WellFormedText.Of(text)));
        Assert.Null(WellFormedText.Of(null));
    }

    [Fact]
    public void A_surrogate_is_found_at_every_place_of_a_text_of_every_length()
    {
        for (var length = 1; length <= 40; length++)
        {
            for (var place = 0; place < length; place++)
            {
                var units = Enumerable.Repeat('a', length).ToArray();
                units[place] = '\udc00';
                Assert.False(WellFormedText.IsWellFormed(units), $"{place} of {length}");
                units[place] = '\u8000';
                Assert.True(WellFormedText.IsWellFormed(units), $"{place} of {length}");
                if (place > 0)
                {
                    (units[place - 1], units[place]) = ('\ud83d', '\ude00');
                    Assert.True(WellFormedText.IsWellFormed(units), $"{place} of {length}");
                }
            }
        }
    }

    [Fact]
    public void An_id_has_one_key_in_every_store()
    {
        Assert.Equal(new AssignmentKey("e", "\ufffd", "t\ufffd", "\ufffdt"), new AssignmentKey("e", "\ud800", "t\udc00", "\udffft"));
        Assert.Equal("\ud83d\ude00", new AssignmentKey("e", "\ud83d\ude00").SubjectId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_has_one_subject_whether_parameter_or_provider_names_it(bool isProvided)
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash().WithSemantics(ExposureSemantics.OnFirstUse),
            services: services =>
            {
                if (isProvided)
                {
                    services.AddSingleton<ISubjectIdentityProvider>(new Provider());
                }
            });
        var greeter = fixture.Get<IGreeter>();

        foreach (var half in new[] { "\ud800", "\udc00", "\ufffd" })
        {
            Provider.Current = half;
            greeter.GreetIn(isProvided ? null : "t" + half, isProvided ? null : half);
        }

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("\ufffd", "t\ufffd"), (exposure.SubjectId, exposure.TenantId));
        Assert.Equal(exposure.SubjectId, ((ExposureEvent)DataPlaneJson.Deserialize(DataPlaneJson.Serialize(fixture.Backplane.Events.Single(envelope => envelope.Payload is ExposureEvent))).Payload).SubjectId);
    }

    [Fact]
    public async Task An_override_and_an_exposure_logged_by_hand_find_their_subject()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Testers:\udc00c", "b")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash().WithOverride("\ud800a", "b").WithOverridesFrom("Testers").WithSemantics(ExposureSemantics.Explicit),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Equal("bonjour", greeter.Greet("\udc00a"));
        Assert.Equal("bonjour", greeter.Greet("\ufffdc"));
        Assert.True(await scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("\ud801a", TestContext.Current.CancellationToken));
        Assert.Equal("\ufffda", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public void A_pseudonym_is_that_of_the_text_in_utf8()
    {
        using var redacting = new Redacting(options =>
        {
            options.SubjectId = RedactionMode.Pseudonym;
            options.PseudonymKey = Redacting.Key;
        });

        Assert.Equal(
            redacting.Apply(SampleEvents.Exposure with { SubjectId = "\ufffd" }).SubjectId, redacting.Apply(SampleEvents.Exposure with { SubjectId = "\ud800" }).SubjectId);
    }

    [Fact]
    public void Names_that_become_one_in_json_are_written_once()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with
        {
            Attributes = new Dictionary<string, object?> { ["\ud800"] = 1L, ["\ufffd"] = 2L, ["in"] = new Dictionary<string, object?> { ["\udc00"] = 3L, ["\ufffd"] = 4L } },
        }) with { Metadata = new Dictionary<string, string> { ["\ud800"] = "a", ["\ufffd"] = "b", ["c"] = "d" } };

        var read = DataPlaneJson.Deserialize(DataPlaneJson.Serialize(envelope));

        Assert.Equal(new Dictionary<string, string> { ["\ufffd"] = "b", ["c"] = "d" }, read.Metadata);
        var attributes = ((ExposureEvent)read.Payload).Attributes!;
        Assert.Equal(2L, attributes["\ufffd"]);
        Assert.Equal(4L, ((IReadOnlyDictionary<string, object?>)attributes["in"]!)["\ufffd"]);
        var flat = SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["\ud800"] = 1L, ["\ufffd"] = 2L } });
        Assert.Equal(2L, Assert.Single(((ExposureEvent)DataPlaneJson.Deserialize(DataPlaneJson.Serialize(flat)).Payload).Attributes!).Value);
    }

    private sealed class Provider : ISubjectIdentityProvider
    {
        public static string Current { get; set; } = "";

        public string SubjectType => "user";

        public string? TenantId => "t" + Current;

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = Current;
            return true;
        }
    }
}

using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>What is read of cookies and tokens, whatever data protection makes of them.</summary>
public sealed class ProtectedTextTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private readonly Protection _protection = new();

    [Theory]
    [InlineData(Id, true)]
    [InlineData(Id + ".0123456789abcdef.5", true)]
    [InlineData(Id + ".0123456789abcdef", false)]
    [InlineData(Id + ".0123456789abcdef.5.6", false)]
    [InlineData(Id + ".0123456789abcdef.+5", false)]
    [InlineData(Id + ".0123456789abcdef. 5", false)]
    [InlineData(Id + ".0123456789abcdeg.5", false)]
    [InlineData(Id + ".0123456789abcde.5", false)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData("0123456789abcdef", false)]
    [InlineData("", false)]
    public async Task A_visitors_cookie_holds_an_id_and_perhaps_a_digest_and_a_number(string text, bool isRead)
    {
        await using var site = await ProtectedSite();
        _protection.Content = System.Text.Encoding.UTF8.GetBytes(text);

        var (_, setCookie) = await site.GetAsync("/", ("Cookie", "dataplane-visitor=AAAA"));

        Assert.Equal((isRead, isRead), (setCookie is null, site.Exposures[0].SubjectId == Id));
    }

    [Theory]
    [InlineData(1_024, true)]
    [InlineData(1_028, false)]
    public async Task A_visitors_cookie_that_is_longer_than_any_is_not_decrypted(int length, bool isRead)
    {
        await using var site = await ProtectedSite();
        _protection.Content = System.Text.Encoding.UTF8.GetBytes(Id);

        await site.GetAsync("/", ("Cookie", $"dataplane-visitor={new string('A', length)}"));

        Assert.Equal((isRead, isRead), (_protection.Unprotected > 0, site.Exposures[0].SubjectId == Id));
    }

    [Theory]
    [InlineData(1_536, true)]
    [InlineData(1_540, false)]
    public async Task A_token_that_is_longer_than_any_is_not_decrypted(int length, bool isRead)
    {
        await using var site = await ProtectedSite(options => options.CookieName = null);
        _ = site.Services.GetRequiredService<VariantOverrideTokens>().Create("banner", "bold", TimeSpan.FromHours(1));
        _protection.Content = _protection.Protected;

        await site.GetAsync("/", ("DataPlane-Override", new string('A', length)));

        Assert.Equal(isRead, site.Exposures[0].SelectionReason == SelectionReasons.Override);
    }

    [Fact]
    public async Task A_cookie_without_a_value_is_none_and_none_that_was_refused()
    {
        await using var site = await WebFixture.StartAsync();

        Assert.NotNull((await site.GetAsync("/", ("Cookie", "dataplane-visitor="))).SetCookie);

        Assert.Empty(site.Logs);
    }

    [Fact]
    public async Task A_cookie_that_was_cut_behind_its_keys_id_is_still_one_of_another_key()
    {
        await using var before = await WebFixture.StartAsync();
        await using var after = await WebFixture.StartAsync();
        var cookie = (await before.GetAsync()).SetCookie!.Split(';')[0];

        await after.GetAsync("/", ("Cookie", cookie[..("dataplane-visitor=".Length + 24)]));

        Assert.Equal(LogLevel.Warning, Assert.Single(after.Logs, record => record.Id.Id == 83).Level);
    }

    private Task<WebFixture> ProtectedSite(Action<HttpSubjectOptions>? options = null) => WebFixture.StartAsync(
        options, services: services => services.AddHttpVariantOverrides().AddSingleton<IDataProtectionProvider>(_protection));

    /// <summary>Reads the content that the test sets out of everything.</summary>
    private sealed class Protection : IDataProtector
    {
        public byte[] Content { get; set; } = [];

        public byte[] Protected { get; private set; } = [];

        public int Unprotected { get; private set; }

        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => Protected = plaintext;

        public byte[] Unprotect(byte[] protectedData)
        {
            Unprotected++;
            return Content;
        }
    }
}

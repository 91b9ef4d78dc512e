using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>While data protection has no key, a visitor cannot get a cookie, and is therefore no subject.</summary>
public sealed class VisitorKeyTests
{
    [Fact]
    public async Task A_visitor_whose_cookie_cannot_be_protected_is_unknown_in_the_whole_request()
    {
        var protection = new Protection { IsBroken = true };
        var store = new CountingStore();
        await using var site = await WebFixture.StartAsync(
            trial: trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky),
            services: services => services.AddSingleton<IDataProtectionProvider>(protection).AddAssignmentStore(store),
            configure: application => application.MapGet("/twice", (IBanner banner) => banner.Text() + banner.Text()));

        for (var i = 0; i < 2; i++)
        {
            Assert.Null((await site.GetAsync("/twice")).SetCookie);
        }

        Assert.Equal([null, null, null, null], site.Exposures.Select(exposure => exposure.SubjectId));
        Assert.Equal((0, 0), (store.Awaited, store.Blocking));
        Assert.Equal(2, protection.Attempts);
        Assert.Equal("IdentityProviderFailing", Assert.Single(site.Logs).Id.Name);
        protection.IsBroken = false;
        Assert.NotNull((await site.GetAsync("/twice")).SetCookie);
        Assert.NotNull(site.Exposures[^1].SubjectId);
    }

    /// <summary>Protects nothing, and throws when the test says so, as data protection does without its keys.</summary>
    private sealed class Protection : IDataProtectionProvider, IDataProtector
    {
        public bool IsBroken { get; set; }

        public int Attempts { get; private set; }

        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext)
        {
            Attempts++;
            return IsBroken ? throw new CryptographicException("no key") : plaintext;
        }

        public byte[] Unprotect(byte[] protectedData) => protectedData;
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.AspNetCore.Tests.Assignment;

/// <summary>What is registered for requests needs nothing of the data plane beside it.</summary>
public sealed class AloneTests
{
    [Fact]
    public async Task Subjects_of_requests_can_be_resolved_without_an_experiment()
    {
        await using var provider = new ServiceCollection().AddLogging().AddHttpSubjectIdentity().BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        Assert.False(scope.ServiceProvider.GetRequiredService<ISubjectIdentityProvider>().TryGetSubjectId(out _));
    }

    [Fact]
    public async Task Variants_that_requests_name_can_be_resolved_without_an_experiment()
    {
        await using var provider = new ServiceCollection().AddLogging().AddHttpVariantOverrides().BuildServiceProvider(validateScopes: true);

        Assert.Null(provider.GetRequiredService<IVariantOverrideProvider>().FindVariant("banner"));
        Assert.NotEmpty(provider.GetRequiredService<VariantOverrideTokens>().Create("banner", "bold", TimeSpan.FromHours(1)));
        Assert.NotNull(provider.GetRequiredService<IHttpContextAccessor>());
    }
}

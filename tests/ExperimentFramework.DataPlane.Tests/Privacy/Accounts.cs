using Microsoft.Extensions.Compliance.Classification;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

[ExposureLogged("accounts", FallbackToControl = true, RecordOutcomes = true)]
public interface IAccounts
{
    string Open(
        [ExposureTenant] string tenant,
        [ExposureSubject("user")] string user,
        [ExposureAttribute("email", Personal = true)] string email,
        [ExposureAttribute, Private] string street,
        [ExposureAttribute, Private] IReadOnlyDictionary<string, object?> profile,
        [ExposureAttribute] string plan);
}

/// <summary>A classification as applications define them.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PrivateAttribute() : DataClassificationAttribute(new DataClassification("Tests", "Private"));

public class Accounts : IAccounts
{
    public virtual string Open(string tenant, string user, string email, string street, IReadOnlyDictionary<string, object?> profile, string plan) => plan;
}

/// <summary>A variant whose exception names the subject it was called for.</summary>
public sealed class FailingAccounts : Accounts
{
    public override string Open(string tenant, string user, string email, string street, IReadOnlyDictionary<string, object?> profile, string plan) =>
        throw new InvalidOperationException($"{tenant} {user} {email} {street}", new ArgumentException(user));
}

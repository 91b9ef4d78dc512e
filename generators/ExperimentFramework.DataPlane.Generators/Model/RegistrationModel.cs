namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The registration of the proxy of a closed generic interface.</summary>
/// <param name="Proxy">The closed proxy, fully qualified.</param>
internal sealed record RegistrationModel(string Proxy);

/// <summary>The registrations of all closed generic interfaces of a project, each once.</summary>
/// <param name="All">The registrations, sorted by the names of the proxies.</param>
internal sealed record RegistrationsModel(EquatableArray<RegistrationModel> All);

/// <summary>The code that one registration call needs.</summary>
/// <param name="Proxy">The proxy to generate, because the interface's own assembly has none; null if it has.</param>
/// <param name="Registration">The closed proxy to register; null if the proxy registers itself.</param>
internal sealed record RegistrationCallModel(ProxyModel? Proxy, RegistrationModel? Registration);

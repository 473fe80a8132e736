using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Mesh.Backends;
using Mesh.Greeting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Grpc;

/// <summary>Real gRPC backends.</summary>
internal static class GreeterBackend
{
    /// <param name="name">What it greets with.</param>
    /// <param name="certificate">For TLS; else h2c.</param>
    /// <param name="fail">The status of every call, or <see langword="null"/>.</param>
    /// <param name="hold">Awaited in the middle of a stream.</param>
    public static Task<Backend> StartAsync(string name, X509Certificate2? certificate = null, Func<StatusCode>? fail = null, Func<Task>? hold = null) => Backend.StartAsync(
        static app => app.MapGrpcService<Service>(),
        HttpProtocols.Http2,
        services =>
        {
            services.AddGrpc();
            services.AddSingleton(new Greeting(name, fail, hold ?? (static () => Task.CompletedTask)));
        },
        listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        });

    private sealed record Greeting(string Name, Func<StatusCode>? Fail, Func<Task> Hold)
    {
        public void Check()
        {
            if (Fail?.Invoke() is { } status and not StatusCode.OK)
            {
                throw new RpcException(new Status(status, "as asked"));
            }
        }
    }

    private sealed class Service(Greeting greeting) : Greeter.GreeterBase
    {
        public override Task<GreetReply> Greet(GreetRequest request, ServerCallContext context)
        {
            greeting.Check();
            return Task.FromResult(new GreetReply { Text = greeting.Name });
        }

        public override async Task Count(GreetRequest request, IServerStreamWriter<GreetReply> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new GreetReply { Text = greeting.Name });
            await greeting.Hold();
            await responseStream.WriteAsync(new GreetReply { Text = greeting.Name });
            greeting.Check();
        }
    }
}

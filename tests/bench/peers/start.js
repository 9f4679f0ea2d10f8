// Lists the schools of a studio, as a Lambda on Node with the AWS SDK: the same calls as ours, without its
// checks.

import { request } from 'node:http';
import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const tables = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});
const { RECORDS_TABLE, ACCESS_TABLE, KEY_RING_SECRET } = process.env;

const rows = async (partition, prefix) => {
  const { Items } = await tables.send(new QueryCommand({
    TableName: RECORDS_TABLE,
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
    ExpressionAttributeNames: { '#pk': 'PK', '#sk': 'SK' },
    ExpressionAttributeValues: { ':pk': { S: partition }, ':prefix': { S: prefix } },
    ConsistentRead: true,
    Limit: 50,
  }));
  return Items;
};

const count = (key) => tables.send(new UpdateItemCommand({
  TableName: ACCESS_TABLE,
  Key: { PK: { S: key }, SK: { S: 'LIMIT' } },
  UpdateExpression: 'ADD #n :one',
  ExpressionAttributeNames: { '#n': 'n' },
  ExpressionAttributeValues: { ':one': { N: '1' } },
}));

async function handle(event) {
  const cookie = event.cookies.find((one) => one.startsWith('__Host-pd_photographer='));
  const [, person, session] = cookie.split('=')[1].split('.');
  await count(`LIMIT#address#${event.requestContext.http.sourceIp}`);
  const key = { PK: { S: `PERSON#${person}` }, SK: { S: `SESSION#${session}` } };
  const [found, hats] = await Promise.all([
    tables.send(new GetItemCommand({ TableName: ACCESS_TABLE, Key: key, ConsistentRead: true })),
    rows(`PERSON#${person}`, 'MEMBERSHIP#'),
    secrets.send(new GetSecretValueCommand({ SecretId: KEY_RING_SECRET })),
  ]);
  if (!found.Item) return { statusCode: 401 };
  await count(`LIMIT#person#${person}`);
  const studio = hats[0].SK.S.split('#')[1];
  const schools = await rows(`STUDIO#${studio}`, 'SCHOOL#');
  const items = schools.map((row) => JSON.parse(row.school.S));
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ items }) };
}

// The loop that Lambda's own Node runtime runs around a handler.
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const call = (method, path, body) => new Promise((answered, failed) => {
  const sent = request({ host, port, method, path: `/2018-06-01/runtime/invocation/${path}` }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => answered({ id: answer.headers['lambda-runtime-aws-request-id'], text: Buffer.concat(parts).toString() }));
  });
  sent.on('error', failed);
  sent.end(body);
});
for (;;) {
  const { id, text } = await call('GET', 'next');
  await call('POST', `${id}/response`, JSON.stringify(await handle(JSON.parse(text))));
}
